using System.Collections.Concurrent;
using System.Diagnostics;

// Environment: SUBSCRIPTIONS (answer to /dapr/subscribe), SPAWN (start a child that outlives a careless host),
// HOLD_INSTANCE (this instance never answers what is posted to /held), STUBBORN (never end after SIGTERM), EXIT_CODE (end at once with it).
if (Environment.GetEnvironmentVariable("EXIT_CODE") is { } code)
{
    Console.Error.WriteLine("leaving");
    return int.Parse(code);
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("APP_PORT")}");
var app = builder.Build();

string[] names =
[
    "APP_ID", "APP_PORT", "APP_PROTOCOL", "APP_CHANNEL_ADDRESS", "DAPR_HTTP_PORT", "DAPR_GRPC_PORT",
    "DAPR_METRICS_PORT", "DATA_DIR", "COLOUR", "APP_INSTANCE",
];
foreach (var name in names)
{
    Console.WriteLine($"{name}={Environment.GetEnvironmentVariable(name)}");
}

Console.WriteLine($"pid={Environment.ProcessId} directory={Environment.CurrentDirectory}");
if (Environment.GetEnvironmentVariable("SPAWN") is not null)
{
    Console.WriteLine($"child={Process.Start("sleep", "600").Id}");
}

app.Lifetime.ApplicationStopping.Register(() =>
{
    Console.WriteLine("stopping");
    if (Environment.GetEnvironmentVariable("STUBBORN") is not null)
    {
        new ManualResetEventSlim().Wait();
    }
});

var healthy = true;
var asked = new ConcurrentQueue<string>();
var events = new ConcurrentQueue<string>();
app.MapGet("/healthz", () => healthy ? Results.Ok() : Results.StatusCode(503));
app.MapPost("/healthy/{value:bool}", (bool value) => { healthy = value; });
app.MapGet("/dapr/config", () =>
{
    asked.Enqueue("/dapr/config");
    return Results.Json(new { });
});
app.MapGet("/dapr/subscribe", () =>
{
    asked.Enqueue("/dapr/subscribe");
    return Results.Text(Environment.GetEnvironmentVariable("SUBSCRIPTIONS") ?? "[]", "application/json");
});
app.MapPost("/events", async (HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    events.Enqueue(await reader.ReadToEndAsync());
    return Results.Json(new { status = "SUCCESS" });
});
app.MapPost("/held", async (HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    var text = await reader.ReadToEndAsync();
    if (Environment.GetEnvironmentVariable("HOLD_INSTANCE") == Environment.GetEnvironmentVariable("APP_INSTANCE"))
    {
        Console.WriteLine("holds one");
        await Task.Delay(Timeout.Infinite, request.HttpContext.RequestAborted);
    }

    events.Enqueue(text);
    return Results.Json(new { status = "SUCCESS" });
});
app.MapGet("/instance", () => Environment.GetEnvironmentVariable("APP_INSTANCE"));
app.MapGet("/asked", () => asked);
app.MapGet("/events", () => events);
app.MapGet("/hello", () => "hello from " + Environment.GetEnvironmentVariable("APP_ID"));
await app.RunAsync();
return 0;
