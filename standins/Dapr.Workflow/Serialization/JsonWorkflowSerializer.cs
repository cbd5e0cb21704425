using System.Text.Json;
using Dapr.Common.Serialization;

namespace Dapr.Workflow.Serialization;

/// <summary>The older name of <see cref="JsonDaprSerializer"/>.</summary>
[Obsolete("The JsonWorkflowSerializer has been deprecated in favor of Dapr.Common.JsonDaprSerializer and will be removed "
    + "with the SDK release coinciding with the release of the Dapr v1.20 runtime.")]
public sealed class JsonWorkflowSerializer : JsonDaprSerializer, IWorkflowSerializer
{
    /// <summary>With the options of <see cref="JsonDaprSerializer"/>.</summary>
    public JsonWorkflowSerializer()
    {
    }

    /// <summary>With options of the caller's.</summary>
    /// <param name="options">The options.</param>
    public JsonWorkflowSerializer(JsonSerializerOptions options)
        : base(options)
    {
    }
}
