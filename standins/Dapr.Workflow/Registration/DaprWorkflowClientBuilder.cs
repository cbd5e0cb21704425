using System.Text.Json;
using Dapr.Common;
using Dapr.Common.Serialization;
using Dapr.Workflow.Client;
using Dapr.Workflow.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dapr.Workflow.Registration;

/// <summary>Makes a <see cref="DaprWorkflowClient"/> without a service collection.</summary>
/// <param name="configuration">Looked into before the environment.</param>
public sealed class DaprWorkflowClientBuilder(IConfiguration? configuration = null)
    : DaprGenericClientBuilder<DaprWorkflowClient>(configuration)
{
    private Func<IServiceProvider?, IDaprSerializer>? serializer;

    internal IServiceProvider? Services { get; init; }

    /// <summary>Sets how values are written and read; by default as JSON.</summary>
    /// <param name="serializer">The serializer.</param>
    public DaprWorkflowClientBuilder UseSerializer(IDaprSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        this.serializer = _ => serializer;
        return this;
    }

    /// <summary>Sets how values are written and read, with the help of other services.</summary>
    /// <param name="serializerFactory">Makes the serializer; not called where there are no services.</param>
    public DaprWorkflowClientBuilder UseSerializer(Func<IServiceProvider, IWorkflowSerializer> serializerFactory)
    {
        ArgumentNullException.ThrowIfNull(serializerFactory);
        this.serializer = services => services is null ? new JsonDaprSerializer() : serializerFactory(services);
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
    /// <remarks>Clients of one service collection share the worker's connection, unless endpoint or token is another one.</remarks>
    public override DaprWorkflowClient Build()
    {
        var shared = Services?.GetService<SidecarConnection>();
        var isShared = shared is not null && shared.Endpoint == GrpcEndpoint && shared.ApiToken == (DaprApiToken ?? "");
        var connection = isShared ? shared! : new SidecarConnection(GrpcEndpoint, DaprApiToken);
        var calls = new WorkflowCalls(
            connection.Channel,
            serializer?.Invoke(Services) ?? Services?.GetService<IDaprSerializer>() ?? new JsonDaprSerializer(),
            Timeout,
            Services?.GetService<TimeProvider>() ?? TimeProvider.System,
            Services?.GetService<ILogger<DaprWorkflowClient>>() ?? NullLogger<DaprWorkflowClient>.Instance);
        return new DaprWorkflowClient(calls, isShared ? null : connection);
    }
}
