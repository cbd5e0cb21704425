using System.Collections.Concurrent;
using Cli.Display;

namespace Cli.Fuzz;

/// <summary>A wrong answer.</summary>
/// <param name="Number">Of the request, from 0: with the seed it makes the same bytes again.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Request">The request.</param>
/// <param name="Answer">The answer.</param>
internal sealed record FuzzFinding(int Number, string What, FuzzRequest Request, RawAnswer Answer);

/// <summary>Knocks at all doors with malformed requests, a bounded number at a time.</summary>
internal sealed class FuzzRun(IReadOnlyList<FuzzTarget> targets, int seed, Terminal terminal)
{
    private const int InFlight = 16;
    private const int FindingsMax = 20;

    private readonly ConcurrentQueue<FuzzFinding> findings = new();
    private readonly ConcurrentDictionary<string, int> statuses = new(StringComparer.Ordinal);

    /// <summary>What was wrong.</summary>
    public IReadOnlyCollection<FuzzFinding> Findings => findings;

    /// <summary>Answers by kind of door and class of status.</summary>
    public IReadOnlyDictionary<string, int> Statuses => statuses;

    public async Task RunAsync(int first, int count, CancellationToken cancellation)
    {
        var done = 0;
        await new Stages(terminal).RunAsync("malformed requests", count, async onDone =>
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellation };
            await Parallel.ForAsync(first, first + count, options, async (number, token) =>
            {
                if (findings.Count < FindingsMax)
                {
                    await KnockAsync(number, token);
                }

                onDone(Interlocked.Increment(ref done));
            });
            return true;
        });
    }

    /// <summary>The request of a number: the same for the same seed.</summary>
    public FuzzRequest Request(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        while (true)
        {
            var target = Choose(random);
            var request = target.Kind == TargetKind.SidecarGrpc ? GrpcMutation.Of(target, random) : HttpMutation.Of(target, random);
            if (!request.IsHarmful)
            {
                return request;
            }
        }
    }

    private async Task KnockAsync(int number, CancellationToken cancellation)
    {
        var request = Request(number);
        var answer = await RawExchange.SendAsync(request, cancellation);
        var kind = answer.Status is { } status ? status >= 500 ? $"{request.Target.Kind} {status}" : $"{request.Target.Kind} {status / 100}xx" : $"{request.Target.Kind} closed";
        statuses.AddOrUpdate(kind, 1, static (_, n) => n + 1);
        if (FuzzJudge.Violation(request, answer) is { } what)
        {
            findings.Enqueue(new FuzzFinding(number, what, request, answer));
        }
    }

    // The public door gets most.
    private FuzzTarget Choose(Random random)
    {
        var kind = random.Next(20) switch
        {
            < 8 => TargetKind.Gateway,
            < 12 => TargetKind.Service,
            < 17 => TargetKind.Sidecar,
            _ => TargetKind.SidecarGrpc,
        };
        var doors = targets.Where(t => t.Kind == kind).ToList();
        return doors[random.Next(doors.Count)];
    }
}
