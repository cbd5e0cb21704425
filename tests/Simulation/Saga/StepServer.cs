using System.Net;
using System.Text;
using System.Text.Json;
using Consistency.Commands;
using Contracts.Invoicing;
using Contracts.Stock;
using Inventory.Reserving;
using Inventory.Storage;
using Invoices.Invoicing;
using Invoices.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Tests.Simulation.Saga;

/// <summary>A change of an order's row in Inventory or Invoices.</summary>
internal sealed record RowChange(string OrderId, string? From, string To);

/// <summary>
/// The other services' step endpoints, reached as the activities reach them, by HTTP requests: their real validation, idempotency and
/// handlers on their real databases. Remembers every request, for late repetitions, and every change of a row.
/// </summary>
internal sealed class StepServer(SimulatedSystem system) : HttpMessageHandler
{
    private readonly List<(string Method, string Path, string Body, string Key)> requests = [];
    private readonly List<RowChange> changes = [];

    public IReadOnlyList<RowChange> Changes => changes;

    public HttpClient ClientOf(string appId) => new(this, disposeHandler: false) { BaseAddress = new Uri($"http://{appId}") };

    /// <summary>Every request of an order comes once more, in reverse order: with its own key, and as a stranger's.</summary>
    public async Task RepeatLateAsync(string orderId)
    {
        var paths = requests.Where(r => r.Path.Contains(orderId, StringComparison.Ordinal)).Reverse().ToList();
        foreach (var (method, path, body, key) in paths.Where(r => !r.Path.EndsWith("/commit", StringComparison.Ordinal)).Distinct())
        {
            await ExecuteAsync(method, path, body, key);
            await ExecuteAsync(method, path, body, key + "-late");
        }
    }

    /// <summary>Carries a request out as the endpoint does; throws what the endpoint answers with a problem.</summary>
    public Task<CommandAnswer> ExecuteAsync(string method, string path, string body, string key)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (orderId, action) = (parts[1], parts.ElementAtOrDefault(2));
        return (parts[0], method, action) switch
        {
            ("reservations", "PUT", null) => Reserve(orderId, Read<ReservationRequest>(body), key, body),
            ("reservations", "POST", "commit") => OnInventory(orderId, $"commit/{key}", body, work => ReservationSteps.Commit(work, orderId)),
            ("reservations", "POST", "release") => Release(orderId, Read<ReleaseRequest>(body), key, body),
            ("invoices", "POST", "issue") => Issue(orderId, Read<IssueRequest>(body), key, body),
            ("invoices", "POST", "void") => Void(orderId, Read<VoidRequest>(body), key, body),
            _ => throw RefusedException.NotFound("step", path),
        };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var key = request.Headers.GetValues(CommandEndpoints.KeyHeader).Single();
        var path = request.RequestUri!.AbsolutePath;
        requests.Add((request.Method.Method, path, body, key));
        try
        {
            var answer = await ExecuteAsync(request.Method.Method, path, body, key);
            return new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = new StringContent(Encoding.UTF8.GetString(answer.Body)) };
        }
        catch (RefusedException e)
        {
            return new HttpResponseMessage((HttpStatusCode)e.Status) { Content = new StringContent(e.Message) };
        }
    }

    private Task<CommandAnswer> Reserve(string orderId, ReservationRequest request, string key, string body)
    {
        RefusedException.ThrowIfAny(request.Validate(orderId));
        return OnInventory(orderId, $"reserve/{key}", body, work => ReservationSteps.Reserve(work, orderId, request));
    }

    private Task<CommandAnswer> Release(string orderId, ReleaseRequest request, string key, string body)
    {
        RefusedException.ThrowIfAny(request.Validate(orderId));
        return OnInventory(orderId, $"release/{key}", body, work => ReservationSteps.Release(work, orderId, request));
    }

    private Task<CommandAnswer> Issue(string orderId, IssueRequest request, string key, string body)
    {
        RefusedException.ThrowIfAny(request.Validate(orderId));
        return OnInvoices(orderId, $"issue/{key}", body, work => InvoiceSteps.Issue(work, orderId, request, system.Book));
    }

    private Task<CommandAnswer> Void(string orderId, VoidRequest request, string key, string body)
    {
        RefusedException.ThrowIfAny(request.Validate(orderId));
        return OnInvoices(orderId, $"void/{key}", body, work => InvoiceSteps.Void(work, orderId, request));
    }

    private async Task<CommandAnswer> OnInventory(
        string orderId, string key, string hash, Func<Consistency.Storage.UnitOfWork<InventoryDb>, CommandAnswer> act)
    {
        var before = system.Inventory.Database.Read(db => db.FindReservation(orderId))?.Status;
        var answer = await system.Inventory.Writes.ExecuteAsync(work => work.Commands.Once(key, hash, work.Now, () => act(work)));
        Note(orderId, before, system.Inventory.Database.Read(db => db.FindReservation(orderId))?.Status);
        return answer;
    }

    private async Task<CommandAnswer> OnInvoices(
        string orderId, string key, string hash, Func<Consistency.Storage.UnitOfWork<InvoicesDb>, CommandAnswer> act)
    {
        var before = system.Invoices.Database.Read(db => db.FindInvoice(orderId))?.Status;
        var answer = await system.Invoices.Writes.ExecuteAsync(work => work.Commands.Once(key, hash, work.Now, () => act(work)));
        Note(orderId, before, system.Invoices.Database.Read(db => db.FindInvoice(orderId))?.Status);
        return answer;
    }

    private void Note(string orderId, string? before, string? after)
    {
        if (after is not null && after != before)
        {
            changes.Add(new RowChange(orderId, before, after));
        }
    }

    private static T Read<T>(string body) => JsonSerializer.Deserialize<T>(body, JsonSerializerOptions.Web)!;
}
