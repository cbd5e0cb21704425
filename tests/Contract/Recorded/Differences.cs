namespace Tests.Contract.Recorded;

/// <summary>
/// Every difference between the embedded sidecar and the recorded daprd 1.18.3 that is meant to be. Whatever else differs fails the entry's
/// test; a line that nothing shows any more fails a test, too.
/// </summary>
internal static class Differences
{
    private const string NoSuchParts = "it names parts of daprd that are not here";
    private const string OwnVersion = "it says what really answers";
    private const string AsSent = "a value is given back as it was written, to the byte; daprd writes the same JSON anew";
    private const string OtherStore = "the recorded store is Redis; SQLite has versions and words of its own";
    private const string NoGuess = "an app's answer without a content type is handed on without one; daprd's HTTP library guesses one";
    private const string Worker = "the recorded worker's doing, not daprd's; the test's worker is another one";

    public static IReadOnlyList<ListedDifference> All { get; } =
    [
        new("a_health_metadata", "*", "healthz while app port is not open", "body.message", NoSuchParts),
        new("*", "*", "*", "body.enabledFeatures", NoSuchParts),
        new("*", "*", "*", "body.scheduler", NoSuchParts),
        new("*", "*", "*", "body.runtimeVersion", OwnVersion),
        new("*", "*", "*", "body.extended.daprRuntimeVersion", OwnVersion),
        new("*", "*", "*", "body.components[*].type", "the component is another one than was recorded"),
        new("*", "*", "*", "body.components[*].capabilities*", "what a component cannot do here (actors, listing and deleting keys by prefix) is not claimed"),

        new("b_*", "*", "get *", "body text", AsSent),
        new("b_*", "*", "bulk get", "body text", AsSent),
        new("b_*", "*", "multi save, two stale etags", "body.message", "with several stale keys daprd's order is one of chance; here it is the request's"),
        new("b_state_redis", "sqlite", "*", "body.message", OtherStore),
        new("b_state_redis", "sqlite", "save with non-numeric etag, first-write", "status", OtherStore),
        new("b_state_redis", "sqlite", "save with first-write without etag on existing key", "status",
            "Dapr's Redis store reports the conflict as an internal error; others, and this one, as a conflict"),
        new("b_state_redis", "redis", "*", "body.message", "the words are those of the line of Dapr's Lua script that failed; there is another script here")
            { Recorded = "*ERR user_script*" },
        new("b_state_redis", "*", "get t9 (must not exist)", "*", "transactions are atomic here; on Redis daprd applies what succeeds"),
        new("b_state_redis", "sqlite", "*get ttl*", "*etadata*", "the store tells when a value expires, as Dapr's other stores do; its Redis store does not"),
        new("b_state_redis", "sqlite", "query API", "body.*", OtherStore),

        new("c_publish_*", "*", "bulk subscription: deliveries for 3 publishes", "seen body.entries[0].entryId",
            "an entry's id is the broker's number for the message, the same at every delivery; daprd makes a new one each time"),

        new("*", "*", "*", "header Content-Type", NoGuess) { Found = "(none)" },
        new("d_*retry*", "*", "*", "seen header *orwarded*", "each attempt says once who forwards; daprd adds a line at every retry"),
        new("d_invoke_basic", "*", "unknown app id via header", "body.message", "daprd waited for mDNS; its other recordings have the words used here"),
        new("d_invoke_basic", "*", "body 5MiB", "seen count", "a body that is too large is refused before the app gets a part of it"),

        new("e2_workflow_suspend", "*", "pause, pause, raise, resume: 5 resume", "body", Worker),
        new("e_workflow", "*", "get we2c", "body.*", Worker),
        new("e_workflow", "*", "no worker: terminate unknown", "*", "an unknown instance is one whether a worker is connected or not"),
        new("e_workflow", "*", "no worker: resume unknown", "body.message", "an unknown instance is one whether a worker is connected or not"),
        new("e_workflow", "*", "start with id: unicode", "body.message", "the words are those of Dapr's scheduler, which is not here"),
        new("e_workflow", "*", "get purged", "*", "a purged instance is gone at once; daprd reads what is left of it for a while"),
        new("e_workflow", "*", "purge again", "*", "a purged instance is gone at once; daprd reads what is left of it for a while"),
    ];
}
