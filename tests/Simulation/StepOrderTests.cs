using System.Net;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;
using ServiceDefaults.Commands;
using Tests.Simulation.Saga;

namespace Tests.Simulation;

/// <summary>Goal: a step that comes late, twice or before the one that it belongs to does no harm. Method: every order of the calls.</summary>
public sealed class StepOrderTests : IAsyncDisposable
{
    private readonly SagaSystem system = new();
    private int calls;

    public ValueTask DisposeAsync() => system.DisposeAsync();

    [Fact]
    public async Task whatever_order_inventory_is_called_in_a_release_is_the_last_word()
    {
        await system.Services.StockAsync(("sku", 100, 10));
        string[] steps = ["reserve", "reserve", "commit", "release"];
        var number = 0;
        foreach (var order in Permutations(steps))
        {
            var orderId = $"order-{number++}";
            foreach (var step in order)
            {
                await ReservationAsync(orderId, step);
            }

            var released = order.IndexOf("release") > order.IndexOf("reserve");
            var row = system.Services.Snapshot().Reservations.Single(r => r.OrderId == orderId);
            row.Status.ShouldBe(released ? ReservationStatuses.Released : ReservationStatuses.NeverReserved, string.Join(", ", order));
        }

        var stock = system.Services.Snapshot().Stock.Single();
        (stock.Available, stock.Reserved, stock.Shipped).ShouldBe((10, 0, 0));
    }

    [Fact]
    public async Task whatever_order_invoices_is_called_in_a_void_is_the_last_word()
    {
        var number = 0;
        foreach (var order in Permutations(["issue", "issue", "void", "void"]))
        {
            var orderId = $"order-{number++}";
            foreach (var step in order)
            {
                await InvoiceAsync(orderId, step);
            }

            var voided = order.IndexOf("void") > order.IndexOf("issue");
            var row = system.Services.Snapshot().Invoices.Single(i => i.OrderId == orderId);
            row.Status.ShouldBe(voided ? InvoiceStatuses.Voided : InvoiceStatuses.NeverIssued, string.Join(", ", order));
        }

        system.Services.Snapshot().Accounts.ShouldAllBe(a => a.OpenCents == 0);
        var notes = system.Services.Snapshot().Invoices.Where(i => i.CreditNoteNumber is not null).Select(i => i.CreditNoteNumber!.Value).ToList();
        notes.Sort();
        notes.ShouldBe(Enumerable.Range(1, notes.Count).Select(i => (long)i));
    }

    [Fact]
    public async Task a_refusal_is_an_answer_with_a_reason_and_stays_the_same()
    {
        await system.Services.StockAsync(("sku", 100, 10));
        for (var i = 0; i < 2; i++)
        {
            (await ReservationAsync("big", "reserve", quantity: 11)).ShouldContain("out-of-stock");
            (await InvoiceAsync("dear", "issue", totalCents: 50_001)).ShouldContain("credit-limit");
        }

        (await ReservationAsync("big", "release")).ShouldContain(ReservationStatuses.Rejected);
        (await InvoiceAsync("dear", "void")).ShouldContain(InvoiceStatuses.Refused);
    }

    [Theory]
    [InlineData("/reservations/o", "PUT", "{}", "lines")]
    [InlineData("/reservations/o", "PUT", """{"lines":[{"sku":"a b","quantity":1}]}""", "lines[0].sku")]
    [InlineData("/reservations/o", "PUT", """{"lines":[{"sku":"a","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("/reservations/o", "PUT", """{"lines":[null]}""", "lines[0].sku,lines[0].quantity")]
    [InlineData("/reservations/o/release", "POST", "{}", "reasonCode")]
    [InlineData("/invoices/o/issue", "POST", """{"totalCents":-1}""", "customerId,totalCents")]
    [InlineData("/invoices/o/issue", "POST", """{"customerId":"c","totalCents":9000000000000000000}""", "totalCents")]
    [InlineData("/invoices/o/void", "POST", "{}", "detail")]
    public async Task bad_input_is_told_by_field_and_changes_nothing(string path, string method, string body, string fields)
    {
        var refused = await Should.ThrowAsync<ServiceDefaults.Problems.RefusedException>(() => system.Steps.ExecuteAsync(method, path, body, "key"));

        refused.Status.ShouldBe(422);
        string.Join(",", refused.Errors.Keys).ShouldBe(fields);
        system.Steps.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_key_that_was_used_for_another_request_is_refused()
    {
        await system.Steps.ExecuteAsync("POST", "/invoices/o/void", """{"detail":"one"}""", "key");
        await Should.ThrowAsync<global::Consistency.Commands.IdempotencyKeyReusedException>(
            () => system.Steps.ExecuteAsync("POST", "/invoices/o/void", """{"detail":"two"}""", "key"));
    }

    private static IEnumerable<List<string>> Permutations(IReadOnlyList<string> steps) => steps.Count == 0
        ? [[]]
        : steps.SelectMany((step, i) => Permutations([.. steps.Where((_, j) => j != i)]).Select(rest => new List<string>([step, .. rest])));

    private Task<string> ReservationAsync(string orderId, string step, long quantity = 3) => step switch
    {
        "reserve" => SendAsync(
            "inventory", HttpMethod.Put, $"/reservations/{orderId}", new ReservationRequest([new PlaceOrderLine("sku", quantity)])),
        "commit" => SendAsync("inventory", HttpMethod.Post, $"/reservations/{orderId}/commit", body: null),
        _ => SendAsync("inventory", HttpMethod.Post, $"/reservations/{orderId}/release", new ReleaseRequest("customer-cancelled")),
    };

    private Task<string> InvoiceAsync(string orderId, string step, long totalCents = 100) => step == "issue"
        ? SendAsync("invoices", HttpMethod.Post, $"/invoices/{orderId}/issue", new IssueRequest("c", totalCents))
        : SendAsync("invoices", HttpMethod.Post, $"/invoices/{orderId}/void", new VoidRequest("The order was cancelled."));

    // Each call is a stranger's: only the state protects, no key does.
    private async Task<string> SendAsync(string appId, HttpMethod method, string path, object? body)
    {
        using var client = system.Steps.ClientOf(appId);
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation(CommandEndpoints.KeyHeader, $"key-{calls++}");
        request.Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body, body.GetType());
        using var response = await client.SendAsync(request);
        response.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NotFound);
        return await response.Content.ReadAsStringAsync();
    }
}
