namespace Sidecar.Hosting;

/// <summary>The apps of one run file.</summary>
public sealed class AppDirectory(IEnumerable<IAppChannel> channels) : IAppDirectory
{
    private readonly Dictionary<string, IAppChannel> _channels = channels.ToDictionary(
        c => c.AppId, StringComparer.Ordinal);

    /// <inheritdoc/>
    public IAppChannel? Find(string appId) => _channels.GetValueOrDefault(appId);
}
