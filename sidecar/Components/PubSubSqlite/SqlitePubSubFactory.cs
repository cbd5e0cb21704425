using Sidecar.Components.Settings;
using Sidecar.Resources;

namespace Sidecar.Components.PubSubSqlite;

/// <summary>Builds <c>pubsub.sqlite</c> from its component file.</summary>
public static class SqlitePubSubFactory
{
    /// <summary>See <see cref="ComponentFactory{T}"/>.</summary>
    public static async Task<IPubSub> CreateAsync(
        Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var settings = new PubSubSettings(component);
        settings.AllowOnly("connectionString", "concurrency", "maxMessagesPerTopic");
        settings.Concurrency();
        var file = settings.Text("connectionString") ?? throw settings.Error(
            "connectionString", "is missing", "Name the broker's file, for example broker.db.");
        var maxMessages =
            settings.Number("maxMessagesPerTopic", 1, long.MaxValue) ?? BrokerLimits.MessagesPerTopicDefault;
        var path = Path.GetFullPath(file, context.DataDirectory);
        try
        {
            return await SqlitePubSub.OpenAsync(path, maxMessages, context.Time, context.Loggers);
        }
        catch (BrokerInUseException)
        {
            throw settings.Error("connectionString", $"'{file}' is open in another pubsub.sqlite component already",
                "Give each its own file, or stop the other sidecar.");
        }
        catch (Exception exception)
            when (exception is Microsoft.Data.Sqlite.SqliteException or IOException or UnauthorizedAccessException)
        {
            throw settings.Error("connectionString", $"'{file}' cannot be opened: {exception.Message}",
                "Name a file that can be written.");
        }
    }
}
