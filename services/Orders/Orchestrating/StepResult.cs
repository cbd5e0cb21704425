using Contracts;
using Dapr.Workflow;

namespace Orders.Orchestrating;

/// <summary>What came of a step forward: done, or why not. A refusal is a result, never an exception: nothing is tried again.</summary>
internal sealed record StepResult(bool IsDone, string? InvoiceNumber, string? ReasonCode, string? Detail)
{
    private const int DetailCharsMax = 300;

    public static StepResult CustomerCancelled { get; } = Refused(ReasonCodes.CustomerCancelled, "The customer cancelled the order.");

    public static StepResult Done(string? invoiceNumber = null) => new(IsDone: true, invoiceNumber, ReasonCode: null, Detail: null);

    public static StepResult Refused(string? reasonCode, string? detail) =>
        new(IsDone: false, InvoiceNumber: null, reasonCode ?? ReasonCodes.StepFailed, detail ?? "The service gave no details.");

    /// <summary>A step that was given up. The customer reads the detail; what it met with is for operators, in the workflow's history.</summary>
    public static StepResult GivenUp(string step) => Refused(ReasonCodes.StepFailed, $"{step} was tried until its retries were used up.");

    /// <summary>What a step's last attempt met with, for operators.</summary>
    public static string Describe(string step, WorkflowTaskFailedException failure)
    {
        var message = failure.FailureDetails.ErrorMessage;
        message = message.Length <= DetailCharsMax ? message : message[..DetailCharsMax] + "...";
        return $"{step} was tried until its retries were used up; last: {message}";
    }
}

/// <summary>What Orders' database has decided about an order.</summary>
internal sealed record OrderDecision(string Status, string? ReasonCode);

/// <summary>How a workflow ended: the order's status, and the steps that need attention, if any.</summary>
internal sealed record OrderOutcome(string Status, string? Attention);
