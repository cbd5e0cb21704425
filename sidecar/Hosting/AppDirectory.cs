namespace Sidecar.Hosting;

/// <summary>The apps of one run file, each with its instances.</summary>
public sealed class AppDirectory : IAppDirectory
{
    private readonly Dictionary<string, IAppChannel> _channels;

    /// <summary>Puts the channels of one app id together.</summary>
    /// <param name="channels">One for each instance.</param>
    /// <param name="time">Clock.</param>
    public AppDirectory(IEnumerable<IAppChannel> channels, TimeProvider? time = null) =>
        _channels = channels
            .GroupBy(c => c.AppId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => ToOne([.. g], time ?? TimeProvider.System), StringComparer.Ordinal);

    /// <inheritdoc/>
    public IAppChannel? Find(string appId) => _channels.GetValueOrDefault(appId);

    /// <summary>
    /// The directory of one instance's sidecar: under its own app's id it finds that instance, whatever others there are.
    /// Source: dapr/dapr, pkg/messaging/direct_messaging.go (invokeLocal where the id is the sidecar's own).
    /// </summary>
    public IAppDirectory SeenFrom(IAppChannel own) => new OwnFirst(this, own);

    private static IAppChannel ToOne(IReadOnlyList<IAppChannel> instances, TimeProvider time) =>
        instances is [var only] ? only : new BalancedChannel(instances, time);

    private sealed class OwnFirst(AppDirectory all, IAppChannel own) : IAppDirectory
    {
        public IAppChannel? Find(string appId) => appId == own.AppId ? own : all.Find(appId);
    }
}
