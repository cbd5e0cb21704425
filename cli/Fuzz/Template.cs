using System.Text;

namespace Cli.Fuzz;

/// <summary>A request that is right, or nearly, from which wrong ones are made.</summary>
/// <param name="Verb">HTTP method.</param>
/// <param name="Path">Path and query; <c>{}</c> stands for an id.</param>
/// <param name="Body">JSON; null for none.</param>
/// <param name="OnlyBroken">
/// True for what only Dapr or another service may say: what is sent there is always broken JSON, since a well-formed lie would be believed.
/// </param>
internal sealed record Template(string Verb, string Path, string? Body = null, bool OnlyBroken = false)
{
    private const string Order = """{"customerId":"fuzz-c","lines":[{"sku":"fuzz-s","quantity":2}],"pattern":"events"}""";
    private const string Event = """[{"entryId":"1","event":{"a":1},"contentType":"application/json","metadata":{"k":"v"}}]""";
    private const string Delivery = """{"id":"x","entries":[{"entryId":"1","event":{"id":"1","type":"t","data":{}},"metadata":{}}]}""";

    private static readonly Template[] Public =
    [
        new("POST", "/orders", Order), new("GET", "/orders/{}"), new("POST", "/orders/{}/cancel"), new("POST", "/orders/{}/retry"),
        new("GET", "/products?after=a&limit=5"), new("GET", "/products/{}"), new("POST", "/products", """{"sku":"fuzz-s","name":"n","unitPriceCents":100}"""),
        new("DELETE", "/products/{}"), new("POST", "/stock/{}/adjust", """{"quantity":5}"""), new("GET", "/catalog/{}"),
        new("GET", "/customers/{}"), new("PATCH", "/customers/{}", """{"name":"N","email":"a@b.example","shippingAddress":{"city":"C"},"creditLimitCents":5}"""),
        new("POST", "/customers/{}/conflicts/email", """{"value":"a@b.example"}"""), new("GET", "/conflicts?status=open&limit=3&after=1"),
        new("GET", "/invoices/{}"), new("PUT", "/customers/{}/credit-limit", """{"creditLimitCents":5000000}"""), new("GET", "/healthz"),
        new("GET", "/livez"), new("GET", "/metrics"),
    ];

    private static readonly Template[] Gateway =
    [
        .. Public, new("GET", "/orders?customerId=c&status=Confirmed&pattern=sync&attention=true&order=newest&after=x&limit=3"),
        new("GET", "/billing/customers/{}"), new("PATCH", "/billing/customers/{}", """{"name":"N"}"""), new("GET", "/views/orders"),
        new("GET", "/snapshots/orders?limit=2"), new("GET", "/snapshots/order-view?limit=2"), new("GET", "/services/orders/progress"),
        new("GET", "/services/invoices/repairs?after=0&limit=2"), new("GET", "/services/orders/deadletters?status=dead&limit=2&olderThanSeconds=1"),
        new("GET", "/services/orders/deadletters/{}"), new("POST", "/services/orders/deadletters/{}/replay", """{"force":false,"by":"x"}"""),
        new("POST", "/services/inventory/deadletters/discard", """{"filter":{"topic":"fuzz"},"dryRun":true,"note":"n"}"""), new("GET", "/cache"),
        new("GET", "/openapi/v1.json"),
    ];

    private static readonly Template[] Service =
    [
        .. Public, new("GET", "/changes?after=&lane=quiet&quiet=100&wait=10&consumer=orders"), new("GET", "/progress"), new("GET", "/repairs?after=0&limit=3"),
        new("GET", "/snapshots/orders?limit=3"), new("GET", "/snapshots/stock?limit=3"), new("GET", "/dapr/subscribe"), new("OPTIONS", "/sync"),
        new("GET", "/deadletters?limit=3"), new("POST", "/events/orders/others", Delivery), new("POST", "/events/order.placed.v1", Delivery, OnlyBroken: true),
        new("PUT", "/reservations/{}", """{"lines":[{"sku":"s","quantity":1}]}""", OnlyBroken: true),
        new("POST", "/invoices/{}/issue", """{"customerId":"c","totalCents":1}""", OnlyBroken: true),
    ];

    // Of publishing only what no subscriber believes; of workflows nothing that waits for a worker, which only Orders has.
    private static readonly Template[] Sidecar =
    [
        new("GET", "/v1.0/healthz"), new("GET", "/v1.0/metadata"), new("PUT", "/v1.0/metadata/fuzz", "v"),
        new("POST", "/v1.0/publish/pubsub/orders?metadata.ttlInSeconds=1", """{"a":1}"""), new("POST", "/v1.0/publish/pubsub/fuzz?metadata.rawPayload=true", "x"),
        new("POST", "/v1.0/publish/bulk/pubsub/fuzz", Event), new("POST", "/v1.0-alpha1/publish/bulk/pubsub/fuzz", Event),
        new("POST", "/v1.0/state/statestore", """[{"key":"fuzz-1","value":{"a":1},"etag":"1","metadata":{"ttlInSeconds":"5"},"options":{"concurrency":"first-write","consistency":"strong"}}]"""),
        new("GET", "/v1.0/state/statestore/fuzz-1?consistency=strong&metadata.x=y"), new("DELETE", "/v1.0/state/statestore/fuzz-1"),
        new("POST", "/v1.0/state/statestore/bulk", """{"keys":["fuzz-1","fuzz-2"],"parallelism":2}"""),
        new("POST", "/v1.0/state/statestore/transaction", """{"operations":[{"operation":"upsert","request":{"key":"fuzz-1","value":1}},{"operation":"delete","request":{"key":"fuzz-2"}}],"metadata":{"k":"v"}}"""),
        new("POST", "/v1.0-alpha1/state/statestore/query", """{"filter":{"EQ":{"a":1}}}"""), new("GET", "/v1.0/invoke/orders/method/orders/{}"),
        new("POST", "/v1.0/invoke/orders/method/orders", Order), new("GET", "/v1.0/invoke/inventory.default/method/progress?x=1"),
        new("GET", "/v1.0/invoke/orders/method/..%2f..%2fsync"), new("POST", "/v1.0/bindings/sync", """{"operation":"create","data":{}}"""),
        new("GET", "/v1.0/workflows/dapr/{}"), new("POST", "/v1.0/workflows/dapr/{}/raiseEvent/e", "{}"), new("POST", "/v1.0/workflows/dapr/{}/terminate"),
        new("POST", "/v1.0/workflows/dapr/{}/pause"), new("POST", "/v1.0/workflows/dapr/{}/purge"), new("GET", "/v1.0/nosuch/thing"),
    ];

    /// <summary>What the kind of door takes.</summary>
    public static IReadOnlyList<Template> For(TargetKind kind) => kind switch
    {
        TargetKind.Gateway => Gateway,
        TargetKind.Service => Service,
        _ => Sidecar,
    };

    /// <summary>Bytes of the body.</summary>
    public byte[] BodyBytes => Body is null ? [] : Encoding.UTF8.GetBytes(Body);
}
