namespace Tests.Contract.Recorded;

/// <summary>
/// Every recorded request that a client can make is answered as daprd answered it, and leads to the same requests to the apps. One class
/// per area, so that counts per area show.
/// </summary>
public abstract class RecordedTests(Replays replays)
{
    protected async Task CheckAsync(string recording, string component, int number, string title)
    {
        var outcome = (await replays.PlayAsync(recording, component))[number];
        outcome.Title.ShouldBe(title);
        var unlisted = outcome.Deviations.Where(d => ListedDifference.Find(recording, component, title, d) is null).ToList();
        if (unlisted.Count > 0)
        {
            Assert.Fail(string.Join('\n', unlisted.Select(static d => $"{d.Field}: recorded {d.Recorded}\n{new string(' ', d.Field.Length)}     found {d.Found}")));
        }
    }
}

public sealed class RecordedHealthTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("health and metadata");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task health_and_metadata_are_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedStateTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("state");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task state_is_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedPublishTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("publish");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task publishing_and_envelopes_are_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedReplyTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("replies");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task what_a_reply_leads_to_is_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedInvocationTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("invocation");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task invocation_is_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedWorkflowTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("workflows");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task workflows_are_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedTokenTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("tokens");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task tokens_are_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedDeclarationTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("declared subscriptions");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task declared_subscriptions_are_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}

public sealed class RecordedTracingTests(Replays replays) : RecordedTests(replays)
{
    public static TheoryData<string, string, int, string> Entries => Replays.Entries("tracing");

    [Theory]
    [MemberData(nameof(Entries))]
    public Task trace_context_is_as_recorded(string recording, string component, int number, string title) =>
        CheckAsync(recording, component, number, title);
}
