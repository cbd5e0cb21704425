using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client of the sidecar.</summary>
public static class DaprServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="DaprClient"/>, unless it is registered already. Endpoints and token come from the
    /// configuration, then from the environment (<see cref="DaprDefaults"/>).
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes what was found.</param>
    /// <param name="lifetime">How long a client lives.</param>
    public static void AddDaprClient(
        this IServiceCollection services,
        Action<DaprClientBuilder>? configure = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton) =>
        services.AddDaprClient((_, builder) => configure?.Invoke(builder), lifetime);

    /// <summary>
    /// Registers <see cref="DaprClient"/>, unless it is registered already. Endpoints and token come from the
    /// configuration, then from the environment (<see cref="DaprDefaults"/>).
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes what was found, with the help of other services.</param>
    /// <param name="lifetime">How long a client lives.</param>
    public static void AddDaprClient(
        this IServiceCollection services,
        Action<IServiceProvider, DaprClientBuilder> configure,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAdd(ServiceDescriptor.Describe(
            typeof(DaprClient),
            provider =>
            {
                var builder = NewBuilder(provider.GetService<IConfiguration>());
                configure?.Invoke(provider, builder);
                return builder.Build();
            },
            lifetime));
    }

    private static DaprClientBuilder NewBuilder(IConfiguration? configuration)
    {
        var builder = new DaprClientBuilder()
            .UseHttpEndpoint(DaprDefaults.GetDefaultHttpEndpoint(configuration))
            .UseGrpcEndpoint(DaprDefaults.GetDefaultGrpcEndpoint(configuration));
        var token = DaprDefaults.GetDefaultDaprApiToken(configuration);
        return string.IsNullOrWhiteSpace(token) ? builder : builder.UseDaprApiToken(token);
    }
}
