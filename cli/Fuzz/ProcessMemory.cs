using Cli.Running;

namespace Cli.Fuzz;

/// <summary>The processes of a run, and how much memory each has.</summary>
/// <param name="Id">Process id.</param>
/// <param name="Name">App id, or sidecar.</param>
/// <param name="MiB">Resident memory.</param>
internal sealed record ProcessMemory(int Id, string Name, long MiB)
{
    private const long MiBBytes = 1024 * 1024;

    /// <summary>All processes of a run; none where there is no /proc.</summary>
    public static IReadOnlyList<ProcessMemory> Of(string runDirectory) =>
    [
        .. RunProcess.Find(Leftovers.Variable, runDirectory)
            .Select(p => new ProcessMemory(p.Id, p.Environment.GetValueOrDefault("APP_ID") ?? (p.Runs("sidecar.dll") ? "sidecar" : "guard"), ResidentMiB(p.Id)))
            .OrderBy(p => p.Name, StringComparer.Ordinal),
    ];

    private static long ResidentMiB(int id)
    {
        try
        {
            return long.Parse(File.ReadAllText($"/proc/{id}/statm").Split(' ')[1]) * Environment.SystemPageSize / MiBBytes;
        }
        catch (IOException)
        {
            return 0; // has just ended, which the comparison tells
        }
    }
}
