using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Security;

/// <summary>Tells of keys in the OpenAPI document: the scheme, and for each operation who may call it.</summary>
internal static class OpenApiSecurity
{
    private const string Scheme = "key";

    public static void DescribeKeys(this OpenApiOptions options)
    {
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A key of role customer or operator. A gateway without keys, on loopback only, takes requests without one.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(static (operation, context, _) =>
        {
            var role = context.Description.ActionDescriptor.EndpointMetadata.OfType<NeedsRole>().LastOrDefault()?.Role ?? ApiRole.Operator;
            if (role == ApiRole.None)
            {
                return Task.CompletedTask;
            }

            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            operation.Description = $"{operation.Description} Key: {role.Name()}.".Trim();
            var responses = operation.Responses ??= [];
            responses.TryAdd("401", new OpenApiResponse { Description = "No key, or none that is good here." });
            responses.TryAdd("403", new OpenApiResponse { Description = "The key's role may not do this." });
            responses.TryAdd("429", new OpenApiResponse { Description = "Too many requests of this key; Retry-After tells how long to wait." });
            return Task.CompletedTask;
        });
    }
}
