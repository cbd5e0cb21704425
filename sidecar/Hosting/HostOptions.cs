using Sidecar.Faults;

namespace Sidecar.Hosting;

/// <summary>What the command line says.</summary>
/// <param name="RunFile">dapr.yaml, or the directory that holds it.</param>
/// <param name="ResourcesPaths">Directories that replace those of the run file for all apps; empty to use the
/// file's.</param>
/// <param name="DataDirectory">Where components and apps keep their files; null for DATA_DIR, else <c>.run/data</c>
/// beside the run file.</param>
public sealed record HostOptions(string RunFile, IReadOnlyList<string> ResourcesPaths, string? DataDirectory)
{
    /// <summary>Configuration files that are read after the one that the run file names, for all apps; what they say holds.</summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary>How many instances of which app; one where it says nothing.</summary>
    public Replicas Replicas { get; init; } = Replicas.None;

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seed of the one source of randomness (exponential waits); fixed seeds make runs comparable.</summary>
    public int Seed { get; init; } = Environment.ProcessId;

    /// <summary>What goes wrong on purpose, in all sidecars; nothing, unless a test's flags say so.</summary>
    public IFaults Faults { get; init; } = NoFaults.Instance;

    /// <summary>Gives the run topics of its own at the broker, under this prefix, and deletes them at the end; null for the names as they are.</summary>
    public string? TopicPrefix { get; init; }

    /// <summary>Whether this host is the Zipkin that a configuration names, where nobody listens there: true unless <c>--zipkin off</c>.</summary>
    public bool OffersZipkin { get; init; } = true;

    /// <summary>Gets all output lines.</summary>
    public TextWriter Output { get; init; } = Console.Out;
}
