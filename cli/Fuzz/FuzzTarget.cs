using Cli.Access;
using Cli.Running;
using Contracts;

namespace Cli.Fuzz;

/// <summary>What listens on a port, and so what it may answer.</summary>
internal enum TargetKind
{
    Gateway,
    Service,
    Sidecar,
    SidecarGrpc,
}

/// <summary>A door of the system that is knocked at.</summary>
/// <param name="Name">For people: app id and kind.</param>
/// <param name="Kind">What it is.</param>
/// <param name="AppId">Whose door.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Secret">Header that lets requests in; some are sent without it.</param>
internal sealed record FuzzTarget(string Name, TargetKind Kind, string AppId, Uri Address, (string Name, string Value)? Secret)
{
    private static readonly string[] Services = [AppIds.Orders, AppIds.Inventory, AppIds.Invoices];

    /// <summary>All doors of dapr.yaml's apps.</summary>
    public static IReadOnlyList<FuzzTarget> All(DaprYaml yaml, RunSecrets secrets)
    {
        (string, string) dapr = ("dapr-api-token", secrets.DaprApiToken);
        (string, string) app = ("dapr-api-token", secrets.AppApiToken);
        return
        [
            new("gateway", TargetKind.Gateway, AppIds.Gateway, yaml.AddressOf(AppIds.Gateway), ("Authorization", $"Bearer {secrets.OperatorKey}")),
            .. Services.Select(id => new FuzzTarget(id, TargetKind.Service, id, yaml.AddressOf(id), app)),
            .. Services.Prepend(AppIds.Gateway).Select(id =>
                new FuzzTarget($"{id}'s sidecar", TargetKind.Sidecar, id, yaml.HttpAddressOf(id), dapr)),
            .. Services.Prepend(AppIds.Gateway).Select(id =>
                new FuzzTarget($"{id}'s sidecar (gRPC)", TargetKind.SidecarGrpc, id, yaml.GrpcAddressOf(id), dapr)),
        ];
    }
}
