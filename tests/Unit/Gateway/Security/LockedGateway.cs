using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;

namespace Tests.Unit.Gateway.Security;

/// <summary>The gateway's locks in front of three doors: one for everybody, one for customers, one that nobody has opened.</summary>
internal sealed class LockedGateway : IAsyncDisposable
{
    public const string OperatorKey = "ck_operator";
    public const string CustomerKey = "ck_customer";
    public const string MonitorKey = "ck_monitor";
    public const string SlowKey = "ck_slow";

    private readonly string directory = Directory.CreateTempSubdirectory("keys-").FullName;
    private WebApplication? app;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public string KeyFile => Path.Combine(directory, "keys.json");

    public static async Task<LockedGateway> StartAsync(bool hasKeys = true)
    {
        var gateway = new LockedGateway();
        gateway.WriteKeys(("ops", "operator", OperatorKey, null), ("shop", "customer", CustomerKey, null), ("slow", "customer", SlowKey, 1),
            ("prometheus", "monitor", MonitorKey, null));
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["ApiKeys:File"] = hasKeys ? gateway.KeyFile : "";
        builder.AddAppDefaults("gateway");
        builder.AddGatewaySecurity();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        gateway.app = builder.Build();
        gateway.app.UseGatewaySecurity();
        gateway.app.MapHealth();
        gateway.app.MapMonitoring();
        gateway.app.MapGet("/open", () => "open").ForEverybody();
        gateway.app.MapGet("/customers", (HttpContext http) => Caller.Of(http).Key?.Id ?? "nobody").ForCustomers();
        gateway.app.MapGet("/new", () => "new");
        gateway.app.MapPost("/post", (JsonElement body) => body.GetRawText()).ForCustomers();
        gateway.app.MapGet("/broken", string () => throw new NotSupportedException("the secret of the house")).ForEverybody();
        await gateway.app.StartAsync();
        gateway.Http.BaseAddress = new Uri(gateway.app.Urls.Single());
        return gateway;
    }

    public void WriteKeys(params (string Id, string Role, string Key, int? Rate)[] keys) => WriteKeys(KeyFile, keys);

    public static void WriteKeys(string file, params (string Id, string Role, string Key, int? Rate)[] keys)
    {
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            keys = keys.Select(k => new
            {
                id = k.Id, role = k.Role, hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(k.Key))), requestsPerSecond = k.Rate,
            }),
        }));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", key);
        }

        return await Http.SendAsync(request);
    }

    public async Task<HttpStatusCode> StatusAsync(string path, string? key)
    {
        using var answer = await GetAsync(path, key);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app!.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
