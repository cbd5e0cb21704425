using System.Text;
using Consistency;
using Consistency.Commands;

namespace Tests.Unit.Consistency;

public sealed class CommandLogTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task a_repeated_command_acts_once_and_gets_the_same_answer()
    {
        var process = kernel.Start();

        var first = await CommandAsync(process, "k1", "hash");
        var second = await CommandAsync(process, "k1", "hash");

        process.Count().ShouldBe(1);
        Text(second).ShouldBe(Text(first));
        second.Status.ShouldBe(202);
        second.Location.ShouldBe("/tallies/a");
    }

    [Fact]
    public async Task a_key_used_for_another_request_is_refused_and_changes_nothing()
    {
        var process = kernel.Start();
        await CommandAsync(process, "k1", "hash");

        await Should.ThrowAsync<IdempotencyKeyReusedException>(() => CommandAsync(process, "k1", "other"));

        process.Count().ShouldBe(1);
    }

    [Fact]
    public async Task a_refused_command_may_be_sent_again_with_its_key()
    {
        var process = kernel.Start();
        await Should.ThrowAsync<InvalidOperationException>(() => process.Writes.ExecuteAsync(work =>
            work.Commands.Once("k1", "hash", work.Now, () => throw new InvalidOperationException("refused"))));

        await CommandAsync(process, "k1", "hash");

        process.Count().ShouldBe(1);
    }

    [Fact]
    public async Task a_client_that_never_heard_the_answer_gets_it_after_the_restart()
    {
        await Should.ThrowAsync<CrashException>(() => CommandAsync(kernel.Start(CrashPoint.AfterCommit), "k1", "hash"));
        var next = kernel.Start();

        var answer = await CommandAsync(next, "k1", "hash");

        next.Count().ShouldBe(1);
        Text(answer).ShouldBe("count 1");
    }

    private static Task<CommandAnswer> CommandAsync(KernelFixture.Process process, string key, string hash) =>
        process.Writes.ExecuteAsync(work => work.Commands.Once(
            key, hash, work.Now, () => new CommandAnswer(202, Encoding.UTF8.GetBytes($"count {KernelFixture.Process.Raise(work)}"), "/tallies/a")));

    private static string Text(CommandAnswer answer) => Encoding.UTF8.GetString(answer.Body);
}
