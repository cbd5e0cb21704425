using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tests.System.Containers;

/// <summary>
/// A registry on a loopback port that offers one image to pull, with the media types of Microsoft's (docker, a manifest per architecture).
/// Paths: OCI distribution specification 1.1, "Pulling manifests" and "Pulling blobs".
/// </summary>
internal sealed class OciRegistry : IAsyncDisposable
{
    private const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string ManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
    private const string Config = "application/vnd.docker.container.image.v1+json";
    private const string Layer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _blobs = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private string _tagged = "";

    private OciRegistry()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapGet("/v2/", () => Results.Ok());
        _app.MapMethods("/v2/{**path}", ["GET", "HEAD"], Answer);
    }

    /// <summary>Name of the offered image, as <c>ContainerBaseImage</c> takes it.</summary>
    public string Image => $"localhost:{new Uri(_app.Urls.Single()).Port}/base:10";

    /// <summary>Starts a registry that offers an image of one layer.</summary>
    /// <param name="config">The image's configuration, its <c>rootfs</c> naming the layer.</param>
    /// <param name="layer">The gzipped archive of its files.</param>
    /// <param name="architecture">As Go names it: amd64, arm64.</param>
    public static async Task<OciRegistry> StartAsync(byte[] config, byte[] layer, string architecture)
    {
        var registry = new OciRegistry();
        var manifest = registry.Keep(Manifest, JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = Manifest,
            config = new { mediaType = Config, size = config.Length, digest = registry.Keep(Config, config) },
            layers = new[] { new { mediaType = Layer, size = layer.Length, digest = registry.Keep(Layer, layer) } },
        }));
        registry._tagged = registry.Keep(ManifestList, JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestList,
            manifests = new[]
            {
                new
                {
                    mediaType = Manifest, size = registry._blobs[manifest].Content.Length, digest = manifest,
                    platform = new { architecture, os = "linux" },
                },
            },
        }));
        await registry._app.StartAsync();
        return registry;
    }

    /// <summary>Digest as images name content.</summary>
    public static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private string Keep(string type, byte[] content)
    {
        var digest = DigestOf(content);
        _blobs[digest] = (type, content);
        return digest;
    }

    private async Task Answer(HttpContext http)
    {
        var wanted = http.Request.Path.Value!.Split('/')[^1];
        if (!_blobs.TryGetValue(wanted == "10" ? _tagged : wanted, out var blob))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.ContentType = blob.Type;
        http.Response.ContentLength = blob.Content.Length;
        http.Response.Headers["Docker-Content-Digest"] = DigestOf(blob.Content);
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(blob.Content);
        }
    }
}
