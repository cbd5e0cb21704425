using System.CommandLine;
using Cli;
using Cli.Measuring;
using Dapr.Workflow;

namespace Tests.Bench;

/// <summary>
/// Workflows per second, and how long one takes from its start until its client knows the result. The workflow calls three
/// activities, one after the other, that do nothing. Worker and client are this process; the sidecar is another one, or a
/// real Dapr where DAPR_GRPC_ENDPOINT names one.
/// </summary>
internal static class WorkflowBench
{
    public static Command Create()
    {
        var count = CommonOptions.Number("--count", "N", "Workflows to measure.", 1, 1_000_000, 5_000);
        var warmUp = CommonOptions.Number("--warm-up", "N", "Workflows before that, not measured.", 0, 1_000_000, 2_000);
        var inFlight = CommonOptions.Number("--in-flight", "N", "Workflows at the same time.", 1, 10_000, 20);
        var command = new Command("workflows", "A three-activity workflow: workflows per second, p50 and p99 of their completion.")
        {
            count, warmUp, inFlight,
        };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(count), parsed.GetValue(warmUp), parsed.GetValue(inFlight), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int count, int warmUp, int inFlight, CancellationToken cancellation)
    {
        var app = new BenchedApp("bench", Port: null);
        var external = Environment.GetEnvironmentVariable("DAPR_GRPC_ENDPOINT") is { Length: > 0 } endpoint ? endpoint : null;
        await using var sidecar = external is null ? await BenchSidecar.StartAsync([app], components: null, static () => Task.CompletedTask, cancellation) : null;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["DAPR_GRPC_ENDPOINT"] = external ?? app.Grpc;
        builder.Services.AddLogging();
        builder.Services.AddDaprWorkflow(options =>
        {
            options.RegisterWorkflow<ThreeSteps>();
            options.RegisterActivity<AddOne>();
        });
        using var host = builder.Build();
        await host.StartAsync(cancellation);
        var client = host.Services.GetRequiredService<DaprWorkflowClient>();
        await MeasureAsync(client, warmUp, inFlight, cancellation);
        var start = TimeProvider.System.GetTimestamp();
        var percentiles = Percentiles.Of(await MeasureAsync(client, count, inFlight, cancellation));
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(
            $"{count} workflows, {inFlight} in flight, {external ?? "embedded sidecar"}: {count / seconds:0} workflows/s, "
            + $"p50 {percentiles.P50:0.0} ms, p99 {percentiles.P99:0.0} ms, max {percentiles.Max:0.0} ms");
        await host.StopAsync(cancellation);
        return 0;
    }

    private static async Task<double[]> MeasureAsync(DaprWorkflowClient client, int count, int inFlight, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        var milliseconds = new double[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellation };
        await Parallel.ForAsync(0, count, options, async (i, token) =>
        {
            var start = time.GetTimestamp();
            var id = await client.ScheduleNewWorkflowAsync(nameof(ThreeSteps), instanceId: null, i, startTime: null, token);
            var state = await client.WaitForWorkflowCompletionAsync(id, getInputsAndOutputs: true, token);
            milliseconds[i] = time.GetElapsedTime(start).TotalMilliseconds;
            if (state.ReadOutputAs<int>() != i + 3)
            {
                throw new InvalidOperationException(
                    $"Workflow {id} ended {state.RuntimeStatus} with {state.ReadOutputAs<int>()} instead of {i + 3}.");
            }
        });
        return milliseconds;
    }

    private sealed class ThreeSteps : Workflow<int, int>
    {
        public override async Task<int> RunAsync(WorkflowContext context, int input)
        {
            var first = await context.CallActivityAsync<int>(nameof(AddOne), input);
            var second = await context.CallActivityAsync<int>(nameof(AddOne), first);
            return await context.CallActivityAsync<int>(nameof(AddOne), second);
        }
    }

    private sealed class AddOne : WorkflowActivity<int, int>
    {
        public override Task<int> RunAsync(WorkflowActivityContext context, int input) => Task.FromResult(input + 1);
    }
}
