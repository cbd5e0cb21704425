using System.Net;
using Consistency.Caching;
using Consistency.Identity;
using Consistency.Telemetry;
using Contracts.Ordering;
using Contracts.Stock;
using Dapr.Client;
using Gateway.Caching;
using Gateway.Forwarding;
using Gateway.Stock;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults.Problems;
using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.PubSub;
using Sidecar.Resiliency;
using Sidecar.Resources;

namespace Tests.Unit.Gateway;

/// <summary>
/// The gateway's reads of owners on a real embedded sidecar, with the component cache or without, and owners that count their questions.
/// </summary>
internal sealed class GatewayRig : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("gateway-").FullName;
    private readonly List<WebApplication> servers = [];
    private readonly List<IDisposable> owned = [];
    private IStateStore? store;

    public HttpClient Http { get; } = new();

    public VersionedCache<StockLevel> Stock { get; private set; } = null!;

    public VersionedCache<OrderDetails> Orders { get; private set; } = null!;

    public OwnerReads Reads { get; private set; } = null!;

    /// <summary>Version of each order.</summary>
    public long OrderVersion { get; set; } = 1;

    /// <summary>Questions that the owners were asked.</summary>
    public int Questions { get; private set; }

    /// <summary>What happens while Inventory is asked.</summary>
    public Func<Task> BeforeAnswer { get; set; } = static () => Task.CompletedTask;

    /// <summary>Pieces of the only product, <c>apple</c>.</summary>
    public long Available { get; set; } = 10;

    public static async Task<GatewayRig> StartAsync(bool hasCache = true)
    {
        var rig = new GatewayRig();
        var owners = await rig.ServeAsync(_ => { }, app =>
        {
            app.MapGet("/products/{sku}", (string sku) => rig.AnswerAsync(sku));
            app.MapGet("/orders/{orderId}", (string orderId) =>
            {
                rig.Questions++;
                return TypedResults.Ok(rig.Order(orderId));
            });
            app.MapPost("/stock/{sku}/adjust", (string sku, AdjustStock request) =>
            {
                rig.Available += request.Quantity!.Value;
                return TypedResults.Ok(rig.Level(sku));
            });
        });
        var sidecar = await rig.StartSidecarAsync(owners, hasCache);
        var gateway = await rig.ServeAsync(
            builder =>
            {
                builder.Services.AddSingleton(TimeProvider.System);
                builder.Services.AddSingleton<IIdSource, UuidV7Source>();
                builder.Services.AddSingleton(new DaprClientBuilder().UseHttpEndpoint(sidecar.ToString()).Build());
                builder.Services.AddSingleton<ServiceProxy>();
                builder.Services.AddSingleton<ConsistencyMeter>();
                builder.Services.AddProblemResponses();
                // A busy machine must not decide what these tests see.
                builder.Configuration["Cache:StoreLimit"] = "00:00:05";
                builder.Configuration["Cache:Staleness"] = "01:00:00";
                builder.AddOwnerReads();
            },
            app =>
            {
                app.UseProblemResponses();
                app.MapStock();
                app.MapCache();
                rig.Reads = app.Services.GetRequiredService<OwnerReads>();
                rig.Orders = app.Services.GetRequiredService<VersionedCache<OrderDetails>>();
                rig.Stock = app.Services.GetRequiredService<VersionedCache<StockLevel>>();
            });
        rig.Http.BaseAddress = gateway;
        return rig;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? cacheControl = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cacheControl is not null)
        {
            request.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
        }

        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var server in Enumerable.Reverse(servers))
        {
            await server.DisposeAsync();
        }

        owned.ForEach(o => o.Dispose());
        if (store is not null)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private async Task<IResult> AnswerAsync(string sku)
    {
        Questions++;
        await BeforeAnswer();
        return sku == "apple" ? TypedResults.Ok(Level(sku)) : TypedResults.NotFound();
    }

    private StockLevel Level(string sku) => new(sku, "Apple", 100, false, Available, Available, 0, 0, Version: 1, Revision: Available);

    private OrderDetails Order(string orderId) => new(
        orderId, "c", "events", OrderStatuses.Pending, null, null, null, [], 0, OrderVersion, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private async Task<Uri> StartSidecarAsync(Uri owners, bool hasCache)
    {
        var channels = new[] { "inventory", "orders" }.Select(id => new AppChannel(id, owners.Port, token: null)).ToList();
        channels.ForEach(c => c.SetReady(true));
        owned.AddRange(channels);
        var component = new Component(
            "cache", "state.sqlite", "v1", new Dictionary<string, string> { ["connectionString"] = "cache.db" }, [], "cache.yaml");
        var stores = new Dictionary<string, IStateStore>();
        if (hasCache)
        {
            store = await ComponentFactories.StateStores["state.sqlite"](
                component, new ComponentContext(directory, TimeProvider.System, NullLoggerFactory.Instance), CancellationToken.None);
            stores.Add("cache", store);
        }

        IReadOnlyList<Component> components = hasCache ? [component] : [];
        var runtime = new AppRuntime
        {
            AppId = "gateway",
            App = channels[0],
            Apps = new AppDirectory(channels),
            Components = components,
            PubSubs = new Dictionary<string, IPubSub>(),
            StateStores = stores,
            Subscriptions = [],
            Policies = new Policies([], components, TimeProvider.System, new Random(1), NullLoggerFactory.Instance),
            TracingSamplingRate = null,
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        };
        return await ServeAsync(_ => { }, app => HttpFace.Map(app, runtime, new Publisher(runtime)));
    }

    private async Task<Uri> ServeAsync(Action<WebApplicationBuilder> configure, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0));
        configure(builder);
        var app = builder.Build();
        map(app);
        servers.Add(app);
        await app.StartAsync();
        return new Uri(app.Urls.First());
    }
}
