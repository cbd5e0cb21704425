namespace Sidecar.Bindings;

/// <summary>The limits of input bindings, each with the sketch that chose it.</summary>
internal static class BindingLimits
{
    /// <summary>How long an app has to answer whether it takes a binding's triggers: Dapr's own default.</summary>
    public static readonly TimeSpan Question = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Wait before an app that gave no answer to that question is asked again. Dapr does not ask again before the app has been unhealthy.
    /// </summary>
    public static readonly TimeSpan QuestionAgain = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Triggers of one binding that may wait for the app's answer; what falls due beyond is skipped. Triggers do not wait for each other, so
    /// that an app that hangs would collect them for ever; 100 at one a second are more than a minute and a half.
    /// </summary>
    public const int UnderWayMax = 100;

    /// <summary>How long triggers under way may go on after a stop; less than the host waits.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(1_500);
}
