using Tests.Contract.PubSub;

namespace Tests.Contract.Components.Redis;

public sealed class RedisDeliveryTests(RedisFixture fixture) : DeliveryTests
{
    protected override Task<RigOptions> OnBrokerAsync(RigOptions options) => fixture.OnRedisAsync(options);
}

public sealed class RedisReplyTests(RedisFixture fixture) : ReplyTests
{
    protected override Task<RigOptions> OnBrokerAsync(RigOptions options) => fixture.OnRedisAsync(options);
}

public sealed class RedisAppAwayTests(RedisFixture fixture) : AppAwayTests
{
    protected override Task<RigOptions> OnBrokerAsync(RigOptions options) => fixture.OnRedisAsync(options);
}

public sealed class RedisFaultTests(RedisFixture fixture) : FaultTests
{
    protected override Task<RigOptions> OnBrokerAsync(RigOptions options) => fixture.OnRedisAsync(options);
}

public sealed class RedisBulkDeliveryTests(RedisFixture fixture) : BulkDeliveryTests
{
    // On Redis a bulk delivery holds at most `concurrency` messages, here one full batch.
    protected override Task<RigOptions> OnBrokerAsync(RigOptions options) => fixture.OnRedisAsync(options with { Concurrency = 50 });
}
