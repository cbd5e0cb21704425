using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using ServiceDefaults.Commands;

namespace Gateway.Forwarding;

/// <summary>What the OpenAPI document says of every route alike.</summary>
internal static class Descriptions
{
    private const string IfMatch = "If-Match";

    public static RouteHandlerBuilder DescribesCommand<TAnswer>(this RouteHandlerBuilder route, int status) => route
        .Produces<TAnswer>(status)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesValidationProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesNotFoundWhereNamed()
        .Takes(CommandEndpoints.KeyHeader, "Names the write, so that it can be sent again: a repetition gets the first one's answer.")
        .Takes(IfMatch, "Entity tag of the version that is to be changed; another one is refused with 412.");

    public static RouteHandlerBuilder DescribesQuery<TAnswer>(this RouteHandlerBuilder route) => route
        .Produces<TAnswer>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesValidationProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesNotFoundWhereNamed();

    /// <summary>Tells of a request header that clients may send.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, string header, string meaning) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = header,
                In = ParameterLocation.Header,
                Description = meaning,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });

    // Lists are empty where there is nothing; only what the path names can be missing.
    private static RouteHandlerBuilder ProducesNotFoundWhereNamed(this RouteHandlerBuilder route)
    {
        route.Add(endpoint =>
        {
            if (endpoint is RouteEndpointBuilder { RoutePattern.Parameters.Count: > 0 })
            {
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(
                    StatusCodes.Status404NotFound, typeof(ProblemDetails), ["application/problem+json"]));
            }
        });
        return route;
    }
}
