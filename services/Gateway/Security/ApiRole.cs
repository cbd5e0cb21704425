namespace Gateway.Security;

/// <summary>What a key lets its holder do. An operator may do all that the others may.</summary>
internal enum ApiRole
{
    /// <summary>Nothing but what needs no key: nobody was recognized.</summary>
    None,

    /// <summary>Places, reads and cancels orders, edits profiles, reads stock.</summary>
    Customer,

    /// <summary>Reads the gateway's metrics, and nothing else: its key is in the configuration of a monitoring system.</summary>
    Monitor,

    /// <summary>Everything.</summary>
    Operator,
}

/// <summary>Which role an endpoint asks for. An endpoint without it is for operators, so that a new one is closed until somebody opens it.</summary>
internal sealed record NeedsRole(ApiRole Role);

internal static class ApiRoleExtensions
{
    /// <summary>Opens an endpoint, or a group of them, to customers.</summary>
    public static TBuilder ForCustomers<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new NeedsRole(ApiRole.Customer));

    /// <summary>Opens an endpoint to everybody.</summary>
    public static TBuilder ForEverybody<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new NeedsRole(ApiRole.None));

    /// <summary>Opens an endpoint to monitoring systems.</summary>
    public static TBuilder ForMonitors<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new NeedsRole(ApiRole.Monitor));

    /// <summary>True if this role is good for what another is asked for.</summary>
    public static bool Includes(this ApiRole role, ApiRole needed) => needed == ApiRole.None || role == needed || role == ApiRole.Operator;

    /// <summary>The role's name, as files and answers have it.</summary>
    public static string Name(this ApiRole role) => role.ToString().ToLowerInvariant();

    /// <summary>The role that an endpoint asks for.</summary>
    public static ApiRole NeededRole(this Endpoint endpoint) => endpoint.Metadata.GetMetadata<NeedsRole>()?.Role ?? ApiRole.Operator;
}
