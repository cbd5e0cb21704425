namespace Gateway.Security;

/// <summary>What a key lets its holder do. An operator may do all that a customer may.</summary>
internal enum ApiRole
{
    /// <summary>Nothing but what needs no key: nobody was recognized.</summary>
    None,

    /// <summary>Places, reads and cancels orders, edits profiles, reads stock.</summary>
    Customer,

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

    /// <summary>The role that an endpoint asks for.</summary>
    public static ApiRole NeededRole(this Endpoint endpoint) => endpoint.Metadata.GetMetadata<NeedsRole>()?.Role ?? ApiRole.Operator;
}
