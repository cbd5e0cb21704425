using System.Text.Json;
using Dapr.Common.Serialization;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Serialization;
using Dapr.Workflow.Worker;
using Dapr.Workflow.Worker.Activities;
using Dapr.Workflow.Worker.Turns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow;

/// <summary>Registers the worker and the client.</summary>
public static class WorkflowServiceCollectionExtensions
{
    /// <summary>Registers the worker and <see cref="DaprWorkflowClient"/>, without workflows.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddDaprWorkflow(this IServiceCollection services) =>
        services.AddDaprWorkflow(_ => { });

    /// <summary>
    /// Registers the worker, which connects as the host starts, and <see cref="DaprWorkflowClient"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Registers workflows and activities.</param>
    /// <param name="lifetime">How long a client lives.</param>
    public static IServiceCollection AddDaprWorkflow(
        this IServiceCollection services,
        Action<WorkflowRuntimeOptions> configure,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddDaprWorkflowBuilder(configure, configureClient: null, lifetime).Services;
    }

    /// <summary>
    /// Registers the worker, which connects as the host starts, and <see cref="DaprWorkflowClient"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configureRuntime">Registers workflows and activities.</param>
    /// <param name="configureClient">Changes the client.</param>
    /// <param name="lifetime">How long a client lives.</param>
    public static DaprWorkflowBuilder AddDaprWorkflowBuilder(
        this IServiceCollection services,
        Action<WorkflowRuntimeOptions>? configureRuntime,
        Action<IServiceProvider, DaprWorkflowClientBuilder>? configureClient = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new WorkflowRuntimeOptions();
        configureRuntime?.Invoke(options);
        services.AddSingleton(options);
        AddWorker(services);
        services.TryAddSingleton<IDaprSerializer>(
            provider => (IDaprSerializer?)provider.GetService<IWorkflowSerializer>() ?? new JsonDaprSerializer());
        services.Add(ServiceDescriptor.Describe(
            typeof(DaprWorkflowClient),
            provider =>
            {
                var builder = new DaprWorkflowClientBuilder(provider.GetService<IConfiguration>()) { Services = provider };
                configureClient?.Invoke(provider, builder);
                return builder.Build();
            },
            lifetime));
        return new DaprWorkflowBuilder(services);
    }

    /// <summary>One worker and one connection per process, however often it is registered.</summary>
    private static void AddWorker(IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var configuration = provider.GetService<IConfiguration>();
            return new SidecarConnection(
                DaprDefaults.GetDefaultGrpcEndpoint(configuration), DaprDefaults.GetDefaultDaprApiToken(configuration));
        });
        services.TryAddSingleton<IWorkflowsFactory>(provider =>
        {
            var factory = new WorkflowsFactory(provider.GetRequiredService<ILogger<WorkflowsFactory>>());
            foreach (var options in provider.GetServices<WorkflowRuntimeOptions>())
            {
                options.ApplyRegistrations(factory);
            }

            var generated = new WorkflowRuntimeOptions();
            WorkflowAutoRegistry.Apply(generated);
            generated.ApplyRegistrations(factory);
            return factory;
        });
        services.TryAddSingleton<TurnExecutor>();
        services.TryAddSingleton<ActivityExecutor>();
        services.TryAddSingleton<WorkAnswers>();
        services.AddHostedService<WorkflowWorker>();
    }

    /// <summary>Goes on configuring a worker and its client.</summary>
    public readonly struct DaprWorkflowBuilder : IDaprWorkflowBuilder
    {
        internal DaprWorkflowBuilder(IServiceCollection services) => Services = services;

        /// <inheritdoc />
        public IServiceCollection Services { get; }

        /// <summary>Sets how values are written and read; by default as JSON.</summary>
        /// <param name="serializer">The serializer.</param>
        public DaprWorkflowBuilder WithSerializer(IDaprSerializer serializer)
        {
            ArgumentNullException.ThrowIfNull(serializer);
            Services.Replace(ServiceDescriptor.Singleton(serializer));
            return this;
        }

        /// <summary>Sets how values are written and read, with the help of other services.</summary>
        /// <param name="serializerFactory">Makes the serializer.</param>
        public DaprWorkflowBuilder WithSerializer(Func<IServiceProvider, IWorkflowSerializer> serializerFactory)
        {
            ArgumentNullException.ThrowIfNull(serializerFactory);
            Services.Replace(ServiceDescriptor.Singleton<IDaprSerializer>(serializerFactory));
            return this;
        }

        /// <summary>Sets the options of the JSON that values are written as.</summary>
        /// <param name="jsonOptions">The options.</param>
        public DaprWorkflowBuilder WithJsonSerializer(JsonSerializerOptions jsonOptions)
        {
            ArgumentNullException.ThrowIfNull(jsonOptions);
            return WithSerializer(new JsonDaprSerializer(jsonOptions));
        }
    }
}
