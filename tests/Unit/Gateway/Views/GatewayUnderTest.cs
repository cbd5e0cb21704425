using System.Text.Json;
using Contracts;
using Contracts.Feeds;
using Contracts.Ordering;
using Gateway.Caching;
using Gateway.Forwarding;
using Gateway.Ordering;
using Gateway.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;
using ServiceDefaults.Problems;
using Tests.Unit.StandIns;

namespace Tests.Unit.Gateway.Views;

/// <summary>The gateway's routes and its view over HTTP, in front of a sidecar that plays the three services.</summary>
internal sealed class GatewayUnderTest : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("gateway-").FullName;
    private readonly Dictionary<string, FakeOwner> owners = Editions.Sources.ToDictionary(s => s, _ => new FakeOwner(TimeProvider.System), StringComparer.Ordinal);
    private FakeSidecar? sidecar;
    private WebApplication? app;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>True where the services' feeds are away, and all else answers.</summary>
    public bool FeedsAreAway { get; set; }

    public static async Task<GatewayUnderTest> StartAsync()
    {
        var gateway = new GatewayUnderTest();
        gateway.sidecar = await FakeSidecar.StartAsync();
        gateway.sidecar.Answer(gateway.Answer);
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["DAPR_HTTP_ENDPOINT"] = gateway.sidecar.Endpoint;
        builder.Configuration["DATA_DIR"] = gateway.directory;
        builder.AddAppDefaults(AppIds.Gateway);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ServiceProxy>();
        builder.AddViews();
        builder.AddOwnerReads();
        gateway.app = builder.Build();
        gateway.app.UseProblemResponses();
        gateway.app.MapOrders();
        gateway.app.MapViews();
        await gateway.app.StartAsync();
        gateway.Http.BaseAddress = new Uri(gateway.app.Urls.Single());
        return gateway;
    }

    /// <summary>Orders has an order.</summary>
    public void Put(string id, long version)
    {
        lock (owners)
        {
            owners[AppIds.Orders].Put(FeedKinds.Order, id, new OrderState(
                id, "ann", Patterns.Events, OrderStatuses.Pending, null, null, null, [], 0, version, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch,
                DateTimeOffset.UnixEpoch, false, false, null));
        }
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.Add("Consistency-Token", token);
        }

        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app!.DisposeAsync();
        await sidecar!.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private SidecarAnswer Answer(SidecarRequest request)
    {
        if (!request.Target.StartsWith("/v1.0/invoke/", StringComparison.Ordinal))
        {
            // The cache has nothing.
            return SidecarAnswer.NoContent;
        }

        // /v1.0/invoke/{app}/method/{path}
        var parts = request.Target.Split('/', 6);
        var (appId, path) = (parts[3], parts[5]);
        lock (owners)
        {
            if (path.StartsWith("changes?", StringComparison.Ordinal))
            {
                var after = Uri.UnescapeDataString(path.Split("after=")[1].Split('&')[0]);
                return FeedsAreAway ? new SidecarAnswer(500, "{}") : Json(200, owners[appId].Read(after));
            }

            if (request.Method == "POST" && path == "orders/refused/cancel")
            {
                return new SidecarAnswer(412, "{}", ("Content-Type", "application/problem+json"));
            }

            if (request.Method == "POST")
            {
                var id = path == "orders" ? "placed" : path.Split('/')[1];
                Put(id, version: 3);
                return Json(202, new OrderAccepted(id, OrderStatuses.Pending, 3, 0), ("Location", $"/orders/{id}"), ("ETag", "\"3\""));
            }

            var key = path["orders/".Length..];
            return owners[AppIds.Orders].Records.TryGetValue((FeedKinds.Order, key), out var change)
                ? Json(200, change.Read<OrderDetails>())
                : new SidecarAnswer(404, "{}");
        }
    }

    private static SidecarAnswer Json<T>(int status, T body, params (string Name, string Value)[] headers) =>
        new(status, JsonSerializer.Serialize(body, JsonSerializerOptions.Web), [("Content-Type", "application/json"), .. headers]);
}
