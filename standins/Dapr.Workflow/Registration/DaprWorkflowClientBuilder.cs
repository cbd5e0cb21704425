using System.Text.Json;
using Dapr.Common;
using Dapr.Common.Serialization;
using Dapr.Workflow.Serialization;
using Microsoft.Extensions.Configuration;

namespace Dapr.Workflow.Registration;

/// <summary>Makes a <see cref="DaprWorkflowClient"/> without a service collection.</summary>
/// <param name="configuration">Looked into before the environment.</param>
public sealed class DaprWorkflowClientBuilder(IConfiguration? configuration = null)
    : DaprGenericClientBuilder<DaprWorkflowClient>(configuration)
{
    private Func<IServiceProvider?, IDaprSerializer>? _serializer;

    internal IServiceProvider? Services { get; init; }

    /// <summary>Sets how values are written and read; by default as JSON.</summary>
    /// <param name="serializer">The serializer.</param>
    public DaprWorkflowClientBuilder UseSerializer(IDaprSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        _serializer = _ => serializer;
        return this;
    }

    /// <summary>Sets how values are written and read, with the help of other services.</summary>
    /// <param name="serializerFactory">Makes the serializer; not called where there are no services.</param>
    public DaprWorkflowClientBuilder UseSerializer(Func<IServiceProvider, IWorkflowSerializer> serializerFactory)
    {
        ArgumentNullException.ThrowIfNull(serializerFactory);
        _serializer = services => services is null ? new JsonDaprSerializer() : serializerFactory(services);
        return this;
    }

    /// <summary>Sets the options of the JSON that values are written as.</summary>
    /// <param name="jsonOptions">The options.</param>
    public DaprWorkflowClientBuilder UseJsonSerializer(JsonSerializerOptions jsonOptions)
    {
        ArgumentNullException.ThrowIfNull(jsonOptions);
        return UseSerializer(new JsonDaprSerializer(jsonOptions));
    }

    /// <inheritdoc />
    public override DaprWorkflowClient Build() => new();
}
