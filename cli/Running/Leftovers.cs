namespace Cli.Running;

/// <summary>
/// Processes of a run that outlived their parent, known by a variable that every child of the run inherits. The sidecar
/// stops its apps; this is for the case that it was killed before it could.
/// </summary>
internal static class Leftovers
{
    /// <summary>The inherited variable; its value is the data directory, which is unique to a run.</summary>
    public const string Variable = "CONSISTENCY_RUN";

    /// <summary>
    /// Kills what is left of a run; returns how many processes that were. Only where /proc tells (Linux).
    /// </summary>
    public static int Kill(string runDirectory) => RunProcess.Find(Variable, runDirectory).Count(process => process.Kill());
}
