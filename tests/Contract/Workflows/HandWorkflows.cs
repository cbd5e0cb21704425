using System.Text.Json;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>The workflows of <see cref="HandWorker"/>: those with which the HTTP API was recorded.</summary>
internal static class HandWorkflows
{
    public static void Run(Turn turn)
    {
        if (turn.Terminated is { } terminated)
        {
            turn.Complete(OrchestrationStatus.Terminated, terminated.Input);
            return;
        }
        if (turn.IsSuspended)
        {
            return;
        }
        switch (turn.Name)
        {
            case "echo":
                turn.Complete(OrchestrationStatus.Completed, IsJson(turn.Input) ? turn.Input : null);
                break;
            case "act":
                Act(turn);
                break;
            case "fail":
                Fail(turn, "workflow boom");
                break;
            case "actfail":
                turn.Activity(1, "boom", turn.Input);
                if (turn.Failure(1) is { } failure)
                {
                    Fail(turn, $"task failed with an error: {failure.ErrorMessage}");
                }
                break;
            case "actretry":
                ActRetry(turn);
                break;
            case "eventtimeout":
                CompleteIf(turn, turn.Timer(1, TimeSpan.FromSeconds(1)) ? "\"timed out\"" : null);
                break;
            case "timer":
                CompleteIf(turn, turn.Timer(1, TimeSpan.FromSeconds(1)) ? "\"fired\"" : null);
                break;
            case "child":
                CompleteIf(turn, turn.Child(1, "act", "\"kid\""));
                break;
            case "can":
                var n = int.Parse(turn.Input, System.Globalization.CultureInfo.InvariantCulture);
                turn.Complete(n < 3 ? OrchestrationStatus.ContinuedAsNew : OrchestrationStatus.Completed, n < 3 ? $"{n + 1}" : $"{n}");
                break;
            case "waitevent":
                if (turn.Event("go") is { } raised)
                {
                    turn.Complete(OrchestrationStatus.Completed, raised.Input is "" ? null : raised.Input);
                }
                break;
            default:
                Fail(turn, $"workflow named '{turn.Name}' is not registered");
                break;
        }
    }

    private static void Act(Turn turn)
    {
        turn.Response.CustomStatus = "half way";
        if (turn.Activity(1, "hello", turn.Input) is { } first)
        {
            CompleteIf(turn, turn.Activity(2, "hello", first));
        }
    }

    // As an SDK retries: the activity again, after a timer.
    private static void ActRetry(Turn turn)
    {
        for (var attempt = 1; attempt < 3; attempt++)
        {
            turn.Activity(attempt * 2, "boom", turn.Input);
            if (turn.Failure(attempt * 2) is null || !turn.Timer((attempt * 2) + 1, TimeSpan.FromMilliseconds(100)))
            {
                return;
            }
        }
        CompleteIf(turn, turn.Activity(6, "third", turn.Input));
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void CompleteIf(Turn turn, string? result)
    {
        if (result is not null)
        {
            turn.Complete(OrchestrationStatus.Completed, result);
        }
    }

    private static void Fail(Turn turn, string message) => turn.Complete(
        OrchestrationStatus.Failed, null, new TaskFailureDetails { ErrorType = "*errors.errorString", ErrorMessage = message });
}
