using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Components.Redis;
using Sidecar.Resources;
using Tests.Servers;

namespace Tests.Contract.Components.Redis;

/// <summary>How a Redis component begins: its file, the password, TLS, and what is said when it does not.</summary>
public sealed class RedisStartTests
{
    private const string Password = "correct horse battery staple";

    [Fact]
    public async Task a_server_that_is_not_there_is_one_line_with_file_field_and_remedy()
    {
        var refused = await Should.ThrowAsync<ResourceException>(() => OpenAsync(("redisHost", $"127.0.0.1:{LoopbackPort.Free()}")));

        refused.File.ShouldBe("pubsub.yaml");
        refused.Field.ShouldBe("spec.metadata.redisHost");
        refused.Message.ShouldContain("cannot be reached");
        refused.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task a_server_that_is_a_little_late_is_waited_for()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await server.KillAsync();

        var opening = OpenAsync(("redisHost", server.Host));
        await server.StartAsync();

        await (await opening).DisposeAsync();
    }

    [Fact]
    public async Task the_password_is_used_and_never_told()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis(), Password);
        var log = new KeptLog();
        var right = Metadata(("redisHost", server.Host), ("redisPassword", Password), ("redisUsername", "default"));
        await using (var broker = await RedisBroker.OpenAsync(right, log))
        {
            await broker.PublishAsync("t", "x");
            await server.KillAsync();
            await Eventually.HoldsAsync(() => log.Has("is lost"));
        }
        await server.StartAsync();

        var wrong = await Should.ThrowAsync<ResourceException>(() => OpenAsync(("redisHost", server.Host), ("redisPassword", "wrong horse")));
        var none = await Should.ThrowAsync<ResourceException>(() => OpenAsync(("redisHost", server.Host), ("redisPassword", "")));

        wrong.Field.ShouldBe("spec.metadata.redisPassword");
        wrong.Message.ShouldNotContain("horse");
        none.Field.ShouldBe("spec.metadata.redisPassword");
        log.Has("horse").ShouldBeFalse();
        new RedisOptions { Host = "h", Port = 1, Password = Password }.ToString().ShouldBe("h:1");
    }

    [Fact]
    public async Task tls_takes_only_a_certificate_that_is_trusted_unless_told_otherwise()
    {
        var folder = Directory.CreateTempSubdirectory("redis-tls-");
        var (certificate, key) = NewCertificate(folder.FullName);
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        var tls = LoopbackPort.Free();
        (string, string)[] settings = [("tls-cert-file", certificate), ("tls-key-file", key), ("tls-auth-clients", "no"), ("tls-port", $"{tls}")];
        foreach (var (name, value) in settings)
        {
            var answer = await server.CommandAsync("CONFIG", "SET", name, value);
            Assert.SkipWhen(answer[0].Contains("Unknown option", StringComparison.OrdinalIgnoreCase), "this redis-server is built without TLS");
        }

        await using (var broker = await OpenAsync(("redisHost", $"localhost:{tls}"), ("enableTLS", "true"), ("insecureSkipTLSVerify", "true")))
        {
            await broker.PublishAsync("t", "x", "y");
        }
        var untrusted = await Should.ThrowAsync<ResourceException>(() => OpenAsync(("redisHost", $"localhost:{tls}"), ("enableTLS", "true")));

        untrusted.Message.ShouldContain("certificate");
        (await server.CommandAsync("XLEN", "t")).ShouldBe(["2"]);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("redisHost", "")]
    [InlineData("redisHost", "a:1,b:2")]
    [InlineData("redisHost", "localhost:none")]
    [InlineData("redisPort", "7")]
    [InlineData("redisDB", "x")]
    [InlineData("redisType", "cluster")]
    [InlineData("failover", "true")]
    [InlineData("useEntraID", "true")]
    [InlineData("enableTLS", "perhaps")]
    [InlineData("dialTimeout", "soon")]
    [InlineData("poolSize", "-2")]
    [InlineData("redeliverInterval", "30s")] // Dapr would ignore it
    [InlineData("processingTimeout", "never")]
    [InlineData("processingTimeout", "-1")]
    [InlineData("queueDepth", "0")]
    [InlineData("maxLenApprox", "many")]
    [InlineData("streamTTL", "30")]
    [InlineData("consumerID", "{uuid}")]
    public async Task a_wrong_value_names_its_field(string name, string value)
    {
        var refused = await Should.ThrowAsync<ResourceException>(() => OpenAsync(("redisHost", "localhost:6379"), (name, value)));

        refused.Field.ShouldBe($"spec.metadata.{name}");
    }

    [Fact]
    public async Task an_unknown_name_is_refused()
    {
        var refused = await Should.ThrowAsync<ResourceException>(() => OpenAsync(("redisHost", "localhost:6379"), ("redisHots", "x")));

        refused.Field.ShouldContain("redisHots");
    }

    [Fact]
    public async Task everything_that_a_file_for_a_real_dapr_may_say_about_one_server_is_accepted()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());

        await using var broker = await OpenAsync(
            ("redisHost", "127.0.0.1"), ("redisPort", $"{server.Port}"), ("redisType", "node"), ("failover", "false"), ("redisMaxRetries", "3"),
            ("redisMinRetryInterval", "8ms"), ("redisMaxRetryInterval", "-1"), ("dialTimeout", "5s"), ("readTimeout", "3000"), ("writeTimeout", "3s"),
            ("poolSize", "64"), ("minIdleConns", "2"), ("poolTimeout", "5s"), ("maxConnAge", "30m"), ("idleTimeout", "-1"),
            ("idleCheckFrequency", "1m"),
            ("enableTLS", "false"), ("processingTimeout", "60s"), ("redeliverInterval", "15000"), ("queueDepth", "1000"), ("concurrency", "100"),
            ("maxLenApprox", "1000000"), ("consumerID", "orders"), ("sentinelMasterName", ""));

        await broker.PublishAsync("t", "x");
    }

    private static Task<RedisBroker> OpenAsync(params (string Name, string Value)[] metadata) => RedisBroker.OpenAsync(Metadata(metadata));

    private static Dictionary<string, string> Metadata(params (string Name, string Value)[] metadata)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata)
        {
            values[name] = value;
        }
        return values;
    }

    private static (string Certificate, string Key) NewCertificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(folder, "redis.crt"), Path.Combine(folder, "redis.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}
