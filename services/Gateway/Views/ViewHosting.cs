using Consistency.Storage;
using Consistency.Telemetry;
using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Forwarding;
using Gateway.Views.Following;
using Gateway.Views.Reading;
using ServiceDefaults.Hosting;
using ServiceDefaults.Problems;

namespace Gateway.Views;

/// <summary>The view of orders: its database, the worker that fills it, and what operators and the audit ask about it.</summary>
internal static class ViewHosting
{
    public static void AddViews(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<ViewsDb>(FileOf(builder.Configuration), options => new ViewsDb(options));
        builder.Services.AddSingleton<ViewSignal>();
        builder.Services.AddSingleton<IOrderOwner, RemoteOrderOwner>();
        builder.Services.AddSingleton<OrderReads>();
        builder.Services.AddSingleton<IGaugeSource<ViewsDb>, ViewGauges>();
        builder.Services.AddHostedService<ViewWorker>();
    }

    /// <summary>
    /// Name of the view's file. Each instance follows the feeds into a view of its own: a shared one would be filled twice, and by one instance's
    /// pace at most. APP_INSTANCE says which instance this is: a number, or on Kubernetes the name of the pod.
    /// </summary>
    /// <exception cref="SettingException">APP_INSTANCE cannot be part of a file's name.</exception>
    internal static string FileOf(IConfiguration configuration) => configuration["APP_INSTANCE"] switch
    {
        null or "" or "1" => AppIds.Gateway,
        { } instance when instance.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') => $"{AppIds.Gateway}-{instance}",
        var other => throw new SettingException(
            "environment", "APP_INSTANCE", $"'{other}' is no name of an instance", "Use a number, or letters, digits, '-' and '.'."),
    };

    public static void MapViews(this WebApplication app)
    {
        app.ApplySchema<ViewsDb>();
        app.Services.GetRequiredService<FeedPulls>().Follow(Editions.Sources);
        app.MapGet("/views/orders", (Database<ViewsDb> database, TimeProvider time) => TypedResults.Ok(ViewStates.Read(database, time.GetUtcNow())))
            .WithTags("Operations")
            .WithSummary("How the view of orders is: rows, how old, and a rebuild under way.")
            .DescribesQuery<OrderViewState>();
        app.MapPost("/views/orders/rebuild", async (
                Database<ViewsDb> database, WriteQueue<ViewsDb> writes, TimeProvider time, CancellationToken cancellationToken) =>
            {
                await writes.ExecuteAsync(
                    work =>
                    {
                        Editions.Request(work, "an operator asked for it");
                        return true;
                    },
                    cancellationToken);
                return TypedResults.Accepted("/views/orders", ViewStates.Read(database, time.GetUtcNow()));
            })
            .WithTags("Operations")
            .WithSummary("Builds the view of orders anew beside the one that serves, which it then replaces. For operators; asking twice is asking once.")
            .Produces<OrderViewState>(StatusCodes.Status202Accepted);
        app.MapGet("/snapshots/order-view", (string? after, int? limit, OrderReads reads) =>
            {
                var errors = new FieldErrors();
                errors.CheckPageSize(limit);
                RefusedException.ThrowIfAny(errors);
                return TypedResults.Ok(reads.Snapshot(after, limit));
            })
            .WithTags("Operations")
            .WithSummary("Rows of this gateway's view of orders in key order, in pages.")
            .DescribesQuery<OrderViewSnapshotPage>();
    }
}
