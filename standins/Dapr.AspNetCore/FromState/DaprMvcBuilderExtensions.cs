// Without nullable annotations, as the official type is.
#nullable disable

using Dapr.AspNetCore.FromState;
using Dapr.Client;
using Microsoft.AspNetCore.Mvc;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Brings Dapr to controllers.</summary>
public static class DaprMvcBuilderExtensions
{
    /// <summary>Registers <see cref="DaprClient"/> and makes <see cref="FromStateAttribute"/> work.</summary>
    /// <param name="builder">The app's controllers.</param>
    /// <param name="configureClient">Changes what was found in configuration and environment.</param>
    public static IMvcBuilder AddDapr(this IMvcBuilder builder, Action<DaprClientBuilder> configureClient = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDaprClient(configureClient);
        builder.Services.Configure<MvcOptions>(options =>
        {
            if (!options.ModelBinderProviders.OfType<StateModelBinderProvider>().Any())
            {
                options.ModelBinderProviders.Insert(0, new StateModelBinderProvider());
            }
        });
        return builder;
    }
}
