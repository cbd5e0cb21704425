using Consistency;
using Consistency.Feeds;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Repairs;
using Consistency.Retention;
using Consistency.Storage;
using Consistency.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.DeadLetters;
using ServiceDefaults.Feeds;
using ServiceDefaults.Messaging;
using ServiceDefaults.Problems;
using ServiceDefaults.Security;
using ServiceDefaults.Syncing;
using ServiceDefaults.Telemetry;

namespace ServiceDefaults.Hosting;

/// <summary>What Orders, Inventory and Invoices have in common: a database with its writer, outbox, inbox, and their endpoints.</summary>
public static class ServiceHost
{
    /// <summary>
    /// Registers the service's database (<c>{DATA_DIR}/{appId}.db</c>), its writer, its relay and its trimmer.
    /// </summary>
    /// <param name="builder">The app.</param>
    /// <param name="appId">Dapr app id.</param>
    /// <param name="create">Makes the service's context; its assembly embeds the schema (<c>Schema/*.sql</c>).</param>
    /// <param name="followers">App ids that follow the pulled lane of this service's feed.</param>
    public static void AddConsistentService<TDb>(
        this WebApplicationBuilder builder, string appId, Func<DbContextOptions<TDb>, TDb> create, params IReadOnlyList<string> followers)
        where TDb : DbContext
    {
        builder.AddAppDefaults(appId);
        builder.AddAppToken(appId);
        builder.AddDatabase(appId, create);
        builder.Services.AddSingleton(s =>
            new OutboxStore<TDb>(s.GetRequiredService<Database<TDb>>(), s.GetRequiredService<WriteQueue<TDb>>()));
        builder.Services.AddSingleton<IMessagePublisher, DaprPublisher>();
        builder.Services.AddSingleton(s => new OutboxRelay<TDb>(
            s.GetRequiredService<OutboxStore<TDb>>(),
            s.GetRequiredService<WriteQueue<TDb>>(),
            s.GetRequiredService<IMessagePublisher>(),
            s.GetRequiredService<ServiceIdentity>().InstanceId,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<OutboxRelay<TDb>>>(),
            s.GetService<CrashHook>()));
        builder.Services.AddSingleton<ChangeFeed<TDb>>();
        builder.Services.AddSingleton(s => new FeedReaders<TDb>(
            s.GetRequiredService<Database<TDb>>(), s.GetRequiredService<ChangeFeed<TDb>>(), s.GetRequiredService<TimeProvider>(), followers));
        builder.AddDeadLetters<TDb>();
        builder.Services.AddSingleton<IGaugeSource<TDb>>(new OutboxGauges<TDb>(OutboxChannel.Events));
        builder.Services.AddSingleton<IGaugeSource<TDb>, DeadLetterGauges<TDb>>();
        builder.Services.AddSingleton<IGaugeSource<TDb>>(new FeedGauges<TDb>(appId, followers));
        builder.Services.AddSingleton<Trimmer<TDb>>();
        builder.Services.AddHostedService<KernelWorker<TDb>>();
        builder.Services.AddSingleton<InstanceFigureKeeper<TDb>>();
        builder.Services.AddSingleton<IHostedService>(s => s.GetRequiredService<InstanceFigureKeeper<TDb>>());
        builder.AddSync<TDb>();
    }

    /// <summary>Registers an app's own database (<c>{DATA_DIR}/{name}.db</c>), its writer, and the client that follows others' feeds.</summary>
    /// <param name="builder">The app.</param>
    /// <param name="name">Name of the file. Instances that say the same share one.</param>
    /// <param name="create">Makes the app's context; its assembly embeds the schema (<c>Schema/*.sql</c>).</param>
    public static void AddDatabase<TDb>(this WebApplicationBuilder builder, string name, Func<DbContextOptions<TDb>, TDb> create)
        where TDb : DbContext
    {
        builder.Services.AddSingleton(_ => new Database<TDb>(DatabasePath(builder, name), create, builder.Configuration["Durability"] ?? "NORMAL"));
        builder.Services.AddSingleton(s =>
            new WriteQueue<TDb>(
                s.GetRequiredService<Database<TDb>>(), s.GetRequiredService<IIdSource>(), s.GetRequiredService<TimeProvider>(),
                s.GetService<CrashHook>(), s.GetRequiredService<ConsistencyMeter>()));
        builder.Services.AddSingleton<GaugeReader<TDb>>();
        builder.Services.AddSingleton<FeedPulls>();
        builder.Services.AddSingleton<IFeedClient, DaprFeedClient>();
    }

    /// <summary>
    /// Applies the kernel's schema and the app's own, as far as its database does not have them yet, and offers what it holds as gauges.
    /// </summary>
    public static void ApplySchema<TDb>(this WebApplication app)
        where TDb : DbContext
    {
        app.Services.GetRequiredService<Database<TDb>>().ApplySchema(
            [.. SchemaStep.Kernel, .. SchemaStep.FromResources(typeof(TDb).Assembly, "service")], app.Services.GetRequiredService<TimeProvider>());
        app.Services.GetRequiredService<GaugeReader<TDb>>();
    }

    /// <summary>
    /// Registers the relay of the channel of workflows, for a service that starts some.
    /// </summary>
    /// <param name="builder">The app, after <see cref="AddConsistentService{TDb}"/>.</param>
    public static void AddWorkflowChannel<TDb, TSender>(this WebApplicationBuilder builder)
        where TDb : DbContext
        where TSender : class, IWorkflowSender
    {
        builder.Services.AddSingleton<IWorkflowSender, TSender>();
        builder.Services.AddSingleton(s => new WorkflowRelay<TDb>(
            new OutboxStore<TDb>(s.GetRequiredService<Database<TDb>>(), s.GetRequiredService<WriteQueue<TDb>>(), OutboxChannel.Workflow),
            s.GetRequiredService<WriteQueue<TDb>>(),
            s.GetRequiredService<IWorkflowSender>(),
            s.GetRequiredService<ServiceIdentity>().InstanceId,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<WorkflowRelay<TDb>>>(),
            s.GetService<CrashHook>()));
        builder.Services.AddHostedService<WorkflowChannelWorker<TDb>>();
        builder.Services.AddSingleton<IGaugeSource<TDb>>(new OutboxGauges<TDb>(OutboxChannel.Workflow));
    }

    /// <summary>
    /// Applies the schema and maps what every service offers: Dapr's subscriptions, health, progress and dead letters.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="unsettled">Counts aggregates that wait for another service.</param>
    /// <param name="needsAttention">Counts aggregates that wait for an operator; null for a service that never has any.</param>
    public static void MapConsistentService<TDb>(this WebApplication app, Func<TDb, long> unsettled, Func<TDb, long>? needsAttention = null)
        where TDb : DbContext
    {
        app.ApplySchema<TDb>();
        app.Services.GetRequiredService<ChangeFeed<TDb>>().BeginGeneration(
            app.Services.GetRequiredService<IIdSource>(), app.Services.GetRequiredService<TimeProvider>());
        app.UseProblemResponses();
        app.UseAppToken();
        app.MapGet(HealthPaths.Live, () => TypedResults.Ok("alive")).AllowAnonymous();
        app.MapGet(HealthPaths.Ready, async (WriteQueue<TDb> writes, CancellationToken cancellationToken) =>
            await writes.IsWorkingAsync(cancellationToken)
                ? Results.Ok("healthy")
                : Results.Problem("The database cannot be written; deliveries wait until it can.", statusCode: StatusCodes.Status503ServiceUnavailable))
            .AllowAnonymous();
        app.MapMetrics()?.AllowAnonymous();
        app.MapSubscribeHandler();
        app.MapGet("/progress", async (Database<TDb> db, FeedReaders<TDb> readers, InstanceFigureKeeper<TDb> figures, CancellationToken cancellationToken) =>
        {
            await figures.KeepAsync(cancellationToken);
            return TypedResults.Ok(Progress.Of(db, readers, unsettled, needsAttention));
        });
        app.MapGet("/repairs", (long? after, int? limit, Database<TDb> db) => TypedResults.Ok(db.Repairs(after ?? 0, KeysetPage.Size(limit))));
        app.MapDeadLetters<TDb>();
    }

    private static string DatabasePath(WebApplicationBuilder builder, string name)
    {
        var directory = builder.Configuration["DATA_DIR"] ?? Path.Combine(builder.Environment.ContentRootPath, ".data");
        Directory.CreateDirectory(directory);
        return Path.Combine(directory, name + ".db");
    }
}
