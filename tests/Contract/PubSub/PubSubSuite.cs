namespace Tests.Contract.PubSub;

/// <summary>Tests of the pub/sub building block, which hold on every broker: on <c>pubsub.sqlite</c>, unless a derived class puts them on another one.</summary>
public abstract class PubSubSuite
{
    /// <summary>The options, changed for the broker.</summary>
    protected virtual Task<RigOptions> OnBrokerAsync(RigOptions options) => Task.FromResult(options);

    protected async Task<PubSubRig> RigAsync(RigOptions options) => await PubSubRig.StartAsync(await OnBrokerAsync(options));
}
