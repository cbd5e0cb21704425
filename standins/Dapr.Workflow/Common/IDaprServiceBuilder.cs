using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Common;

/// <summary>Goes on configuring what was registered.</summary>
public interface IDaprServiceBuilder
{
    /// <summary>The services.</summary>
    IServiceCollection Services { get; }
}
