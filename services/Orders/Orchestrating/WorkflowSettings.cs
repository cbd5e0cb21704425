using Dapr.Workflow;

namespace Orders.Orchestrating;

/// <summary>How long workflows try; configuration section <c>Workflow</c>. What each value is for is told in appsettings.json.</summary>
internal sealed record WorkflowSettings
{
    private static readonly TimeSpan CallTimeoutMax = TimeSpan.FromMinutes(5);

    /// <summary>Time for one attempt of a step in another service.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public RetryPace Step { get; init; } = new() { Attempts = 16, FirstPause = TimeSpan.FromSeconds(0.5), PauseMax = TimeSpan.FromSeconds(5) };

    public RetryPace Undo { get; init; } = new() { Attempts = 35, FirstPause = TimeSpan.FromSeconds(0.5), PauseMax = TimeSpan.FromSeconds(10) };

    public RetryPace Decide { get; init; } = new() { Attempts = 40, FirstPause = TimeSpan.FromSeconds(1), PauseMax = TimeSpan.FromMinutes(5) };

    public WorkflowRetries Retries => new(Step, Undo, Decide);

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A value is out of bounds, or a name is not known.</exception>
    public static WorkflowSettings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Workflow").Get<WorkflowSettings>(o => o.ErrorOnUnknownConfiguration = true)
            ?? new WorkflowSettings();

        // A bare number is read as days, which the upper bound tells.
        if (settings.CallTimeout <= TimeSpan.Zero || settings.CallTimeout > CallTimeoutMax)
        {
            throw new InvalidOperationException(
                $"Workflow:CallTimeout: {settings.CallTimeout} is not above 0 and up to {CallTimeoutMax}; ten seconds are written 00:00:10.");
        }

        settings.Step.Validate(nameof(Step));
        settings.Undo.Validate(nameof(Undo));
        settings.Decide.Validate(nameof(Decide));
        return settings;
    }
}

/// <summary>The paces of one workflow instance: part of its input, so that replay never depends on configuration.</summary>
/// <param name="Step">Steps forward.</param>
/// <param name="Undo">Compensations, and the commit after the pivot.</param>
/// <param name="Decide">What is written into Orders' own database.</param>
internal sealed record WorkflowRetries(RetryPace Step, RetryPace Undo, RetryPace Decide);

/// <summary>How often something is tried, and how long the pauses in between are.</summary>
internal sealed record RetryPace
{
    private const int AttemptsMax = 40;

    public int Attempts { get; init; }

    public TimeSpan FirstPause { get; init; }

    public TimeSpan PauseMax { get; init; }

    public WorkflowTaskOptions ToOptions() => new(new WorkflowRetryPolicy(Attempts, FirstPause, backoffCoefficient: 2, PauseMax));

    public void Validate(string name)
    {
        if (Attempts is < 1 or > AttemptsMax)
        {
            throw new InvalidOperationException(
                $"Workflow:{name}:Attempts: {Attempts} is not within 1 to {AttemptsMax}; lengthen PauseMax to try longer.");
        }

        if (FirstPause < TimeSpan.FromMilliseconds(1) || FirstPause > PauseMax || PauseMax > TimeSpan.FromHours(1))
        {
            throw new InvalidOperationException(
                $"Workflow:{name}: pauses from {FirstPause} to {PauseMax} are not within 1 ms to 1 h, the shorter one first.");
        }

        // The official RetryInterceptor computes the last pause, FirstPause x 2^(Attempts - 2), before it applies PauseMax; where that
        // overflows a TimeSpan, it stops retrying without a word.
        if (FirstPause.TotalSeconds * Math.Pow(2, Attempts - 2) >= TimeSpan.MaxValue.TotalSeconds)
        {
            throw new InvalidOperationException(
                $"Workflow:{name}: {Attempts} attempts that double {FirstPause} overflow; shorten FirstPause, or lengthen PauseMax to try longer.");
        }
    }
}
