using OpenTelemetry.Exporter.Serialization;

namespace OpenTelemetry.Exporter;

/// <summary>
/// Scrapes that come while one of their format is under way, or soon after it, share its answer; however many come, collecting costs the app
/// no more. One collection runs at a time, as the SDK's readers want it.
/// </summary>
/// <param name="scrape">Collects, and writes what there is.</param>
/// <param name="kept">For how long an answer is given again.</param>
/// <param name="time">Clock.</param>
internal sealed class SharedScrapes(Func<ScrapeFormat, byte[]> scrape, TimeSpan kept, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Lock collecting = new();
    private readonly Dictionary<ScrapeFormat, Shared> latest = [];

    /// <summary>The text, of now or of up to <c>kept</c> ago. A collection goes on when one who waits for it goes away.</summary>
    public Task<byte[]> GetAsync(ScrapeFormat format, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!latest.TryGetValue(format, out var shared) || shared.IsOver(time, kept))
            {
                latest[format] = shared = new Shared();

                // Observed instruments may read files and databases: not on the thread that serves the request.
                shared.Text = Task.Run(() => Scrape(format, shared), CancellationToken.None);
            }

            return shared.Text!.WaitAsync(cancellationToken);
        }
    }

    private byte[] Scrape(ScrapeFormat format, Shared shared)
    {
        try
        {
            lock (collecting)
            {
                return scrape(format);
            }
        }
        finally
        {
            shared.EndedAt = time.GetTimestamp();
        }
    }

    private sealed class Shared
    {
        private long endedAt;

        public Task<byte[]>? Text { get; set; }

        public long EndedAt
        {
            set => Volatile.Write(ref endedAt, value == 0 ? 1 : value);
        }

        public bool IsOver(TimeProvider time, TimeSpan kept) =>
            Volatile.Read(ref endedAt) is not 0 and var ended && (time.GetElapsedTime(ended) >= kept || Text is { IsFaulted: true });
    }
}
