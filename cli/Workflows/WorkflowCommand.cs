using System.CommandLine;
using Cli.Access;
using Cli.Running;
using Contracts;
using Grpc.Core;
using Wire.Grpc;

namespace Cli.Workflows;

/// <summary><c>workflow</c>: looks into the workflow engine of a running system, the embedded one or a real Dapr.</summary>
internal static class WorkflowCommand
{
    public static Command Create(Terminal terminal) =>
        new("workflow", "Looks into the workflows of a running system.") { CreateShow(terminal) };

    private static Command CreateShow(Terminal terminal)
    {
        var instance = new Argument<string>("ID") { Description = "Workflow instance; the one of an order has the order's id." };
        var address = CommonOptions.Url(
            "--dapr-grpc", "gRPC endpoint of the sidecar of the workflow's app (default: the one of Orders in dapr.yaml).");
        var command = new Command("show", "Prints what happened in a workflow, step by step.") { instance, address };
        command.SetAction(async (parsed, cancellation) =>
        {
            var endpoint = parsed.GetValue(address) ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).GrpcAddressOf(AppIds.Orders);
            var id = parsed.GetValue(instance)!;
            using var channel = new GrpcChannel(
                endpoint, ShownSecrets.TokenFor(endpoint) is { } token ? [new("dapr-api-token", token)] : []);
            try
            {
                var shown = await WorkflowReader.ReadAsync(channel, id, cancellation);
                WorkflowPrinter.Print(terminal, shown);
                return ExitCodes.Ok;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                throw new CliException(
                    $"The sidecar at {endpoint} has no workflow '{id}'. Only orders of pattern workflow have one, under the order's id, "
                    + "for as long as the configuration's stateRetentionPolicy keeps it.");
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                throw new CliException(
                    $"The sidecar at {endpoint} cannot be reached ({e.Status.Detail}); is the system up? Start it with 'up'.");
            }
            catch (RpcException e)
            {
                throw new CliException($"The sidecar at {endpoint} refused: {e.StatusCode}: {e.Status.Detail}");
            }
        });
        return command;
    }
}
