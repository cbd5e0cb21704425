using Contracts.Feeds;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Hosting;

namespace ServiceDefaults.Syncing;

/// <summary>
/// How a service synchronizes with the others; configuration section <c>Sync</c>. How often is the schedule of the component <c>sync</c>
/// (bindings.cron).
/// </summary>
public sealed record SyncSettings
{
    private static readonly TimeSpan SessionLimit = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long events and calls have to arrive before what they should have told of is looked at. Longer than a delivery needs on a busy
    /// day, and than the clocks of two machines differ.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A session ends once nothing new has come for so long. Longer than the services' schedules are apart.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a session goes on with what keeps coming; shorter than the schedule's interval.</summary>
    public TimeSpan SessionMax { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>How long a session works off a backlog before others have their turn: kept changes, and what is away.</summary>
    public TimeSpan BacklogMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause after each page that had something: what the owner has for its own clients, and what gathers more into the next page.</summary>
    public TimeSpan PagePause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A value is out of bounds, or a name is not known.</exception>
    public static SyncSettings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Sync").Get<SyncSettings>(o => o.ErrorOnUnknownConfiguration = true) ?? new SyncSettings();
        Check(nameof(Grace), settings.Grace, TimeSpan.FromMilliseconds(FeedLimits.QuietMsMax));
        Check(nameof(Linger), settings.Linger, TimeSpan.FromMilliseconds(FeedLimits.WaitMsMax));
        Check(nameof(SessionMax), settings.SessionMax, SessionLimit);
        Check(nameof(BacklogMax), settings.BacklogMax, SessionLimit);
        Check(nameof(PagePause), settings.PagePause, TimeSpan.FromSeconds(10));
        return settings;
    }

    // A bare number is read as days, which the upper bound tells.
    private static void Check(string name, TimeSpan value, TimeSpan max)
    {
        if (value < TimeSpan.FromMilliseconds(1) || value > max)
        {
            throw new SettingException("appsettings.json or environment", $"Sync:{name}", $"{value} is not within 1 ms to {max}", "Ten seconds are written 00:00:10.");
        }
    }
}
