namespace Sidecar.Components.Redis;

/// <summary>What waits for the reply to a command, or to several that were sent together. Called by one reader at a time.</summary>
internal abstract class RedisReply
{
    /// <summary>When the connection is given up if the reply has not come; a timestamp of its clock.</summary>
    public long Deadline { get; set; }

    /// <summary>Takes the next reply; true if it was the last.</summary>
    public abstract bool Take(in RespValue value);

    /// <summary>There will be no reply.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>The reply to one command; an error reply is a value like others.</summary>
internal sealed class SingleReply : RedisReply
{
    private readonly TaskCompletionSource<RespValue> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<RespValue> Task => _done.Task;

    public override bool Take(in RespValue value)
    {
        _done.TrySetResult(value);
        return true;
    }

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}

/// <summary>The replies to several commands.</summary>
internal sealed class ManyReplies(int count) : RedisReply
{
    private readonly RespValue[] _values = new RespValue[count];
    private readonly TaskCompletionSource<RespValue[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    public Task<RespValue[]> Task => _done.Task;

    public override bool Take(in RespValue value)
    {
        _values[_taken++] = value;
        if (_taken < count)
        {
            return false;
        }
        _done.TrySetResult(_values);
        return true;
    }

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
