namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>The application's own client for this exporter.</summary>
internal static class NamedClient
{
    private const string Name = "ZipkinExporter";

    /// <summary>Null where the application has no IHttpClientFactory. By reflection: no reference to Microsoft.Extensions.Http is needed.</summary>
    public static HttpClient? Create(IServiceProvider services)
    {
        var type = Type.GetType("System.Net.Http.IHttpClientFactory, Microsoft.Extensions.Http", throwOnError: false);
        return type is not null && services.GetService(type) is { } factory
            ? (HttpClient?)type.GetMethod("CreateClient", [typeof(string)])?.Invoke(factory, [Name])
            : null;
    }
}
