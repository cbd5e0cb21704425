using System.CommandLine;
using System.Runtime.InteropServices;
using Sidecar.Faults;
using Sidecar.Resources;

namespace Sidecar.Hosting;

/// <summary>
/// <c>sidecar run -f dapr.yaml</c>: runs until Ctrl+C or SIGTERM (exit code 0). A mistake at the start is one line on
/// standard error and exit code 1.
/// </summary>
internal static class RunCommand
{
    private const string ZipkinAuto = "auto";
    private const string ZipkinOff = "off";

    public static Command Create()
    {
        var file = new Option<string>("--run-file", "-f")
        {
            Description = "dapr.yaml, or a directory that holds it",
            DefaultValueFactory = _ => ".",
        };
        var resources = new Option<string[]>("--resources-path")
        {
            Description = "Directory with component and policy files; may be given several times. "
                + "Replaces those of the run file for all apps",
        };
        var data = new Option<string?>("--data-dir")
        {
            Description = "Where the embedded components and the apps keep their files "
                + "(default: DATA_DIR, else .run/data beside the run file)",
        };
        var prefix = new Option<string?>("--topic-prefix")
        {
            Description = "For runs that share a broker with others: topics of the run's own, with this before their names, deleted at the end",
        };
        var config = new Option<string[]>("--config")
        {
            Description = "Configuration file that is read after the run file's configFilePath, for all apps; "
                + "may be given several times, the last that has a section holds",
        };
        var replicas = new Option<string[]>("--replicas")
        {
            HelpName = "APP=COUNT",
            Description = $"Run several instances of an app (at most {Replicas.InstancesMax}), such as inventory=2; may be given several times",
        };
        var zipkin = new Option<string>("--zipkin")
        {
            HelpName = "auto|off",
            Description = "auto: be the Zipkin that the configuration names, where its address is loopback and nothing listens there; off: never",
            DefaultValueFactory = _ => ZipkinAuto,
        }.AcceptOnlyFromAmong(ZipkinAuto, ZipkinOff);
        var command = new Command("run", "Run the apps of a dapr.yaml, each with its sidecar")
        {
            file, resources, config, data, prefix, replicas, zipkin,
        };
        var faults = FaultFlags.AddTo(command);
        command.SetAction(parsed => RunAsync(
            () => new HostOptions(parsed.GetValue(file)!, parsed.GetValue(resources) ?? [], parsed.GetValue(data))
            {
                ConfigFiles = parsed.GetValue(config) ?? [],
                Faults = faults.Read(parsed).Create(),
                Replicas = Replicas.Read(parsed.GetValue(replicas) ?? []),
                TopicPrefix = parsed.GetValue(prefix),
                OffersZipkin = parsed.GetValue(zipkin) == ZipkinAuto,
            }));
        return command;
    }

    private static async Task<int> RunAsync(Func<HostOptions> read)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var options = read();
            await using var host = await SidecarHost.StartAsync(options, stop.Token);
            await Task.WhenAny(host.AllStopped, Task.Delay(Timeout.InfiniteTimeSpan, options.Time, stop.Token));
            return 0;
        }
        catch (Exception e) when (e is ResourceException or StartupException)
        {
            await Console.Error.WriteLineAsync(e.Message.ReplaceLineEndings(" "));
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        // The edge: what nobody foresaw is one line, too, with its kind, by which it can be looked for.
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"{e.GetType().Name}: {e.Message}".ReplaceLineEndings(" "));
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
