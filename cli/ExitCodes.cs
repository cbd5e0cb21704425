namespace Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    /// <summary>Done, and the audit is clean.</summary>
    public const int Ok = 0;

    /// <summary>A violation, or something that failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by a signal, as shells say it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
