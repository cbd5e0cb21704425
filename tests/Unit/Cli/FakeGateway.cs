using System.Globalization;
using System.Text.Json;
using Contracts.Customers;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.Cli;

/// <summary>How a fake system misbehaves.</summary>
internal enum Defect
{
    None,

    /// <summary>Acknowledges orders and forgets one.</summary>
    LosesAnOrder,

    /// <summary>Places an order anew for every request, whatever its key.</summary>
    IgnoresKeys,

    /// <summary>Leaves every order Pending.</summary>
    NeverSettles,

    /// <summary>Acknowledges cancellations and forgets them.</summary>
    ForgetsCancellations,

    /// <summary>Answers the first request of every order with 503, after placing it.</summary>
    LosesAnswers,

    /// <summary>Accepts anything.</summary>
    ChecksNothing,

    /// <summary>Loses messages about every fifth order, and heals it later, in two services.</summary>
    LosesMessages,

    /// <summary>Invoices is started anew while orders are placed.</summary>
    Restarts,

    /// <summary>Reads orders as they were before they were placed, whatever token is presented.</summary>
    ReadsThePast,

    /// <summary>Takes the last of two addresses that were written at the same time.</summary>
    OverwritesAddresses,

    /// <summary>Acknowledges decisions of conflicts and forgets them.</summary>
    ForgetsDecisions,

    /// <summary>Never tells one replica of customers what the other knows.</summary>
    SplitsReplicas,
}

/// <summary>The gateway's API over HTTP on a free port, in front of <see cref="FakeSystem"/>.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeGateway(WebApplication app, FakeSystem system)
    {
        this.app = app;
        System = system;
    }

    public FakeSystem System { get; }

    public string Url => app.Urls.Single();

    public static async Task<FakeGateway> StartAsync(Defect defect = Defect.None)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(
            o => o.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase);
        var fake = new FakeGateway(builder.Build(), new FakeSystem(defect));
        Map(fake.app, fake.System);
        await fake.app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static void Map(WebApplication app, FakeSystem system)
    {
        app.MapGet("/healthz", () => Results.Ok());
        app.MapPost("/orders", http => PlaceAsync(http, system));
        app.MapPost("/orders/{id}/cancel", (string id) => Results.Json(system.Cancel(id), statusCode: 202));
        app.MapGet("/orders/{id}", (string id) => system.Details(id) is { } order ? Results.Ok(order) : Results.NotFound());
        app.MapPost("/products", (PutProduct product) => Results.Ok(system.Put(product)));
        app.MapDelete("/products/{sku}", (string sku) => Results.Ok(system.Withdraw(sku)));
        app.MapPost(
            "/stock/{sku}/adjust",
            (string sku, AdjustStock adjust) => Results.Ok(system.Adjust(sku, adjust.Quantity!.Value)));
        app.MapGet(
            "/catalog/{sku}", (string sku) => system.Catalog(sku) is { } item ? Results.Ok(item) : Results.NotFound());
        app.MapPut(
            "/customers/{id}/credit-limit",
            (string id, SetCreditLimit limit) => Results.Ok(system.SetLimit(id, limit.CreditLimitCents!.Value)));
        var customers = new FakeCustomers(system.Defect);
        foreach (var prefix in new[] { "", "/billing" })
        {
            app.MapGet($"{prefix}/customers/{{id}}", (string id) => customers.Read(id, prefix) is { } read ? Results.Ok(read) : Results.NotFound());
            app.MapPatch($"{prefix}/customers/{{id}}", (string id, JsonElement patch) => Results.Ok(customers.Patch(id, patch)));
            app.MapPost(
                $"{prefix}/customers/{{id}}/conflicts/{{field}}",
                (string id, string field, ResolveConflict decision) => Results.Ok(customers.Decide(id, decision.Value)));
        }

        app.MapGet("/services/{name}/progress", (string name) => Results.Ok(system.Progress(name)));
        app.MapGet(
            "/services/{name}/repairs",
            (string name, string? after, int limit) => Page(
                system.Repairs(name), r => r.Id.ToString("D6", CultureInfo.InvariantCulture), after?.PadLeft(6, '0'), limit));
        app.MapGet(
            "/snapshots/catalog", (string? after, int limit) => Page(system.Take().Catalog!, c => c.Sku, after, limit));
        app.MapGet("/snapshots/customers", () => Results.Ok(new Page<CustomerSnapshot>([], Next: null)));
        app.MapGet("/snapshots/billing-customers", () => Results.Ok(new Page<CustomerSnapshot>([], Next: null)));
        app.MapGet(
            "/snapshots/orders",
            (string? after, int limit) => Page(system.Take().Orders, o => o.OrderId, after, limit));
        app.MapGet(
            "/snapshots/stock", (string? after, int limit) => Page(system.Take().Stock, s => s.Sku, after, limit));
        app.MapGet(
            "/snapshots/reservations",
            (string? after, int limit) => Page(system.Take().Reservations, r => r.OrderId, after, limit));
        app.MapGet(
            "/snapshots/invoices",
            (string? after, int limit) => Page(system.Take().Invoices, i => i.OrderId, after, limit));
        app.MapGet(
            "/snapshots/accounts",
            (string? after, int limit) => Page(system.Take().Accounts, a => a.CustomerId, after, limit));
    }

    private static async Task PlaceAsync(HttpContext http, FakeSystem system)
    {
        var (status, body) = await AnswerAsync(http.Request, system);
        http.Response.StatusCode = status;
        if (body is not null)
        {
            http.Response.Headers["Consistency-Token"] = $"orders/{body.OrderId}@{body.Version}";
            await http.Response.WriteAsJsonAsync(body);
        }
        else
        {
            await http.Response.WriteAsJsonAsync(
                new { title = "Refused", status }, options: null, contentType: "application/problem+json");
        }
    }

    private static async Task<(int Status, OrderAccepted? Body)> AnswerAsync(HttpRequest request, FakeSystem system)
    {
        if (system.Defect == Defect.ChecksNothing && request.Headers["Idempotency-Key"].Count == 0)
        {
            return (202, new OrderAccepted("x", OrderStatuses.Pending, 1, 0));
        }

        if (!request.HasJsonContentType())
        {
            return (415, null);
        }

        try
        {
            var order = await request.ReadFromJsonAsync<PlaceOrder>();
            return system.Place(order!, request.Headers["Idempotency-Key"]);
        }
        catch (JsonException)
        {
            return (400, null);
        }
    }

    // Pages of three, whatever is asked for, so that paging is always exercised.
    private static IResult Page<T>(IReadOnlyList<T> all, Func<T, string> key, string? after, int limit)
    {
        var sorted = all.OrderBy(key, StringComparer.Ordinal).Where(item => after is null || string.CompareOrdinal(key(item), after) > 0).ToList();
        var page = sorted.Take(Math.Min(limit, 3)).ToList();
        return Results.Ok(new Page<T>(page, page.Count < sorted.Count ? key(page[^1]) : null));
    }
}
