using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cli.Access;
using Contracts;
using Contracts.Conflicts;
using Contracts.Customers;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;

namespace Cli.Gateway;

/// <summary>
/// The gateway's HTTP API, typed. Failures of the network are <see cref="GatewayException"/>s that name the address.
/// </summary>
internal sealed partial class GatewayClient(HttpClient http) : IDisposable
{
    private const string TokenHeader = "Consistency-Token";
    private const string TraceHeader = "traceparent";

    /// <summary>App ids of the services that tell of their progress and repairs.</summary>
    public static IReadOnlyList<string> Services { get; } = [AppIds.Orders, AppIds.Inventory, AppIds.Invoices];

    public Uri Address { get; } = http.BaseAddress ?? throw new ArgumentException(
        "The client needs a base address.", nameof(http));

    /// <summary>A client with a key: <paramref name="key"/>, else the one that <see cref="ShownSecrets"/> finds.</summary>
    public static GatewayClient For(Uri address, string? key = null)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = Limits.Connect,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        })
        {
            BaseAddress = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"),
            Timeout = Limits.Request,
        };
        if ((key ?? ShownSecrets.KeyFor(address)) is { } shown)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        }

        return new GatewayClient(http);
    }

    /// <summary>Places an order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="key">Idempotency key.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <param name="traceparent">The trace that it belongs to (W3C Trace Context); null for one of the gateway's own.</param>
    public Task<Answer<OrderAccepted>> PlaceAsync(
        PlaceOrder order, string key, CancellationToken cancellation, string? traceparent = null) =>
        SendAsync(
            HttpMethod.Post, "orders", Body(order, GatewayJson.Default.PlaceOrder), key,
            GatewayJson.Default.OrderAccepted, cancellation, traceparent: traceparent);

    public Task<Answer<OrderAccepted>> CancelAsync(string orderId, string key, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"orders/{orderId}/cancel", null, key, GatewayJson.Default.OrderAccepted, cancellation);

    public Task<Answer<OrderDetails>> OrderAsync(string orderId, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"orders/{orderId}", null, null, GatewayJson.Default.OrderDetails, cancellation);

    /// <summary>An order, not older than the write that answered with this token.</summary>
    public Task<Answer<OrderDetails>> OrderAsync(string orderId, string token, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"orders/{orderId}", null, null, GatewayJson.Default.OrderDetails, cancellation, token);

    /// <summary>An order with what Inventory and Invoices did for it, from the gateway's view.</summary>
    public Task<Answer<OrderViewDetails>> OrderWithEffectsAsync(string orderId, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"orders/{orderId}", null, null, GatewayJson.Default.OrderViewDetails, cancellation);

    /// <summary>Another try for an order that needs attention.</summary>
    public Task<Answer<OrderAccepted>> RetryAsync(string orderId, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"orders/{Uri.EscapeDataString(orderId)}/retry", null, null, GatewayJson.Default.OrderAccepted, cancellation);

    /// <summary>Orders that need attention, page by page.</summary>
    public IAsyncEnumerable<OrderDetails> NeedingAttentionAsync(CancellationToken cancellation) =>
        PagesAsync($"orders?attention=true&limit={Limits.PageSize}", after: null, GatewayJson.Default.PageOrderDetails, cancellation);

    public Task<Answer<StockLevel>> PutProductAsync(PutProduct product, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, "products", Body(product, GatewayJson.Default.PutProduct), null,
            GatewayJson.Default.StockLevel, cancellation);

    public Task<Answer<StockLevel>> WithdrawAsync(string sku, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, $"products/{sku}", null, null, GatewayJson.Default.StockLevel, cancellation);

    public Task<Answer<StockLevel>> AdjustAsync(string sku, long quantity, string key, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"stock/{sku}/adjust", Body(new AdjustStock(quantity), GatewayJson.Default.AdjustStock),
            key, GatewayJson.Default.StockLevel,
            cancellation);

    public Task<Answer<CatalogItem>> CatalogAsync(string sku, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"catalog/{sku}", null, null, GatewayJson.Default.CatalogItem, cancellation);

    public Task<Answer<AccountSnapshot>> SetCreditLimitAsync(string customerId, long cents, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Put, $"customers/{customerId}/credit-limit",
            Body(new SetCreditLimit(cents), GatewayJson.Default.SetCreditLimit), null,
            GatewayJson.Default.AccountSnapshot, cancellation);

    /// <summary>A customer, as one replica reads it.</summary>
    public Task<Answer<CustomerDetails>> CustomerAsync(string replica, string customerId, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Get, $"{PrefixOf(replica)}customers/{Uri.EscapeDataString(customerId)}", null, null,
            GatewayJson.Default.CustomerDetails, cancellation);

    /// <summary>Changes a customer in one replica by a JSON merge patch.</summary>
    public Task<Answer<CustomerDetails>> PatchCustomerAsync(
        string replica, string customerId, JsonElement patch, string key, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Patch, $"{PrefixOf(replica)}customers/{Uri.EscapeDataString(customerId)}", Body(patch, GatewayJson.Default.JsonElement), key,
            GatewayJson.Default.CustomerDetails, cancellation);

    /// <summary>Decides an open conflict of a field.</summary>
    public Task<Answer<CustomerDetails>> ResolveAsync(
        string replica, string customerId, string field, JsonElement value, string? key, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"{PrefixOf(replica)}customers/{Uri.EscapeDataString(customerId)}/conflicts/{Uri.EscapeDataString(field)}",
            Body(new ResolveConflict(value), GatewayJson.Default.ResolveConflict), key, GatewayJson.Default.CustomerDetails, cancellation);

    /// <summary>Conflicts that a replica has met, page by page.</summary>
    public IAsyncEnumerable<ConflictEntry> ConflictsAsync(
        string replica, string? status, string? customerId, CancellationToken cancellation) =>
        PagesAsync(
            $"{PrefixOf(replica)}conflicts?limit={Limits.PageSize}{Query("status", status)}{Query("customerId", customerId)}",
            after: null, GatewayJson.Default.PageConflictEntry, cancellation);

    /// <summary>Progress of the three services.</summary>
    public async Task<SystemProgress> ProgressAsync(CancellationToken cancellation)
    {
        var byService = new Dictionary<string, ServiceProgress>(StringComparer.Ordinal);
        foreach (var service in Services)
        {
            byService[service] = await ProgressAsync(service, cancellation);
        }

        return new SystemProgress(byService);
    }

    /// <summary>What a service has healed, oldest first, page by page.</summary>
    /// <param name="appId">The service.</param>
    /// <param name="after">Behind this repair.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public IAsyncEnumerable<RepairEntry> RepairsAsync(string appId, long after, CancellationToken cancellation) =>
        PagesAsync(
            $"services/{appId}/repairs?limit={Limits.PageSize}", after.ToString(CultureInfo.InvariantCulture),
            GatewayJson.Default.PageRepairEntry, cancellation);

    /// <summary>Progress of one service.</summary>
    public async Task<ServiceProgress> ProgressAsync(string appId, CancellationToken cancellation)
    {
        var path = $"services/{appId}/progress";
        var answer = await SendAsync(HttpMethod.Get, path, null, null, GatewayJson.Default.ServiceProgress, cancellation);
        return answer.Required($"GET /{path}");
    }

    /// <summary>True where the gateway answers at all.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync("healthz", cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>
    /// Sends a body as it is, to see how it is refused; returns the status and the media type of the answer.
    /// </summary>
    public async Task<(int Status, string? MediaType)> PostRawAsync(
        string path, byte[] body, string contentType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(body, contentType) };
        using var answer = await ExchangeAsync(request, cancellation);
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType);
    }

    public void Dispose() => http.Dispose();

    // The gateway's plain paths lead to Orders' replica, those behind "billing" to that of Invoices.
    private static string PrefixOf(string replica) => replica == AppIds.Invoices ? "billing/" : "";

    private static string Query(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    // Every entry of a listing that is cut into pages.
    private async IAsyncEnumerable<T> PagesAsync<T>(
        string listing, string? after, JsonTypeInfo<Page<T>> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            var path = listing + Query("after", after);
            var page = (await SendAsync(HttpMethod.Get, path, null, null, type, cancellation)).Required($"GET /{path}");
            foreach (var item in page.Items)
            {
                yield return item;
            }

            after = page.Next;
        }
        while (after is not null);
    }

    private async Task<Answer<T>> SendAsync<T>(
        HttpMethod method, string path, ByteArrayContent? body, string? key, JsonTypeInfo<T> type,
        CancellationToken cancellation, string? token = null, string? traceparent = null)
        where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        if (traceparent is not null)
        {
            request.Headers.TryAddWithoutValidation(TraceHeader, traceparent);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using var answer = await ExchangeAsync(request, cancellation);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            return new Answer<T>((int)answer.StatusCode, null, System.Text.Encoding.UTF8.GetString(bytes));
        }

        try
        {
            var written = answer.Headers.TryGetValues(TokenHeader, out var tokens) ? string.Join(',', tokens) : null;
            return new Answer<T>((int)answer.StatusCode, JsonSerializer.Deserialize(bytes, type), "") { Token = written };
        }
        catch (JsonException e)
        {
            throw new GatewayException(
                $"{method} {Address}{path} was answered with something that is no {typeof(T).Name}: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new GatewayException(
                $"The gateway at {Address} cannot be reached ({e.Message}); is the system up? Start it with 'up'.", e);
        }
        catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new GatewayException(
                $"The gateway at {Address} did not answer {request.Method} {request.RequestUri} within {Limits.Request.TotalSeconds:0} s.",
                e);
        }
    }

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type) =>
        Content(JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    private static ByteArrayContent Content(byte[] bytes, string contentType)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }
}
