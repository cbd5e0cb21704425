using System.Collections.Concurrent;
using System.Globalization;
using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>
/// Hundreds of workflows that use everything, while workers die, the engine is killed and opened again on what is in the file, and
/// clients repeat themselves: every one must end with what a sequential run gives, and no result may be counted twice.
/// </summary>
public sealed class RandomRunTests
{
    private const int Instances = 200;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 50_000)]
    [InlineData(4, 1 << 20)]
    public async Task every_workflow_ends_as_a_sequential_run_does(int seed, long idleBytesMax)
    {
        var random = new Random(seed);
        var runs = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var code = Code(runs);
        var file = await EngineFile.CreateAsync(idleBytesMax: idleBytesMax);
        var olds = new List<EngineFile>();
        try
        {
            var started = 0;
            for (var round = 0; round < 12; round++)
            {
                var workers = Enumerable.Range(0, random.Next(1, 4)).Select(_ => file.Connect(code)).ToList();
                var starts = new List<Task>();
                for (var i = 0; i < Instances / 12 + 1 && started < Instances; i++, started++)
                {
                    starts.Add(StartAsync(file, started));
                    if (random.Next(3) == 0)
                    {
                        starts.Add(StartAsync(file, started)); // a client that has not heard of its own success
                    }
                }
                await Task.WhenAll(starts);
                var raised = Enumerable.Range(0, started).Where(_ => random.Next(4) == 0).ToList();
                foreach (var i in raised)
                {
                    await RaiseAsync(file, i, random.Next(2) == 0);
                }
                workers[0].Dispose();
                if (random.Next(2) == 0)
                {
                    olds.Add(file);
                    file = await file.AfterKillAsync();
                }
            }
            file.Connect(code);
            for (var i = 0; i < Instances; i++)
            {
                await RaiseAsync(file, i, withNoise: false);
            }
            for (var i = 0; i < Instances; i++)
            {
                var state = await file.EndAsync(Id(i));
                (i, state.WorkflowStatus, state.Output).ShouldBe((i, OrchestrationStatus.Completed, Expected(i)), $"seed {seed}");
            }
            file.Count("inbox").ShouldBe(0);
            file.Count("timers").ShouldBe(0);
            runs.Count.ShouldBe(Instances * 3);
        }
        finally
        {
            await file.DisposeAsync();
            foreach (var old in olds)
            {
                await old.DisposeAsync();
            }
        }
    }

    private static string Id(int i) => $"w{i}";

    // Three generations: an activity, a fan-out, a timer, a child and an event in each.
    private static Workflows Code(ConcurrentDictionary<string, int> runs) => new Workflows()
        .Add("Work", async c =>
        {
            var (generation, sum) = Parse(c.Input);
            sum += Workflows.Number(await c.CallAsync("Step", $"{c.InstanceId}/{generation}/{sum}"));
            var fan = await Task.WhenAll(Enumerable.Range(0, 3).Select(k => c.CallAsync("Double", $"{sum + k}")));
            sum += fan.Sum(Workflows.Number);
            await c.SleepAsync(TimeSpan.FromMilliseconds(sum % 7));
            sum += Workflows.Number(await c.ChildAsync("Child", $"{sum % 100}"));
            if (generation < 2)
            {
                return c.ContinueAsNew($"{generation + 1}:{sum % 1000}");
            }
            var answer = await c.EventAsync("go");
            return $"{sum}/{answer}";
        })
        .Add("Child", async c => await c.CallAsync("Double", await c.CallAsync("Double", c.Input)))
        .AddActivity("Double", static input => $"{2 * Workflows.Number(input)}")
        .AddActivity("Step", input =>
        {
            var parts = input!.Split('/');
            runs.AddOrUpdate($"{parts[0]}/{parts[1]}", 1, static (_, n) => n + 1);
            return $"{Workflows.Number(parts[2]) + 1}";
        });

    private static (int Generation, int Sum) Parse(string? input)
    {
        var parts = input!.Split(':');
        return (Workflows.Number(parts[0]), Workflows.Number(parts[1]));
    }

    private static string Expected(int i)
    {
        var sum = i;
        for (var generation = 0; ; generation++)
        {
            sum += sum + 1;
            sum += Enumerable.Range(0, 3).Sum(k => 2 * (sum + k));
            sum += 4 * (sum % 100);
            if (generation == 2)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{sum}/yes");
            }
            sum %= 1000;
        }
    }

    private static async Task StartAsync(EngineFile file, int i)
    {
        try
        {
            await file.StartAsync("Work", $"0:{i}", Id(i));
        }
        catch (WorkflowException e) when (e.Error == WorkflowError.AlreadyExists)
        {
            // The other one was first.
        }
    }

    // Repeated events are kept and not read; one of another name is noise.
    private static async Task RaiseAsync(EngineFile file, int i, bool withNoise)
    {
        if (withNoise)
        {
            await file.RaiseAsync(Id(i), "noise", "no");
        }
        await file.RaiseAsync(Id(i), "GO", "yes");
    }
}
