using Contracts.DeadLetters;

namespace Cli.DeadLetters;

/// <summary>A dead letter and the service that has it.</summary>
internal sealed record ShownLetter(string Service, DeadLetterEntry Letter);

/// <summary>A dead letter in full.</summary>
internal sealed record ShownEnvelope(string Service, DeadLetterDetails Details);

/// <summary>What became of a letter.</summary>
internal sealed record ShownOutcome(string Service, LetterOutcome Outcome);

/// <summary>What a replay or discard did, as <c>--json</c> writes it.</summary>
internal sealed record DecisionReport(bool DryRun, IReadOnlyList<ShownOutcome> Outcomes);
