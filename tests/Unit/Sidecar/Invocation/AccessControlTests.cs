using Sidecar.Invocation;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Invocation;

/// <summary>Rules of dapr/dapr pkg/acl/acl.go and pkg/config/acl_trie.go, with their corners.</summary>
public sealed class AccessControlTests
{
    [Theory]
    [InlineData("/a/b", "/a/b", true)]
    [InlineData("/a/b", "/A/B", true)] // without case, as HTTP apps are called
    [InlineData("/a/b", "/a/b/c", true)] // a name is good for all below it
    [InlineData("/a/b", "/a", false)]
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a", true)]
    [InlineData("/a/*", "/a/b/c", false)]
    [InlineData("/a/*/c", "/a/b/c", false)] // one segment only at the end
    [InlineData("/a/**/c", "/a/b/c", true)]
    [InlineData("/a/**/c", "/a/b/d", false)]
    [InlineData("/a/**", "/a/b/c/d", true)]
    [InlineData("/a/**", "/a", true)]
    [InlineData("/a/**", "/b", false)]
    [InlineData("/a/b*d", "/a/bcd", true)]
    [InlineData("/a/b*d", "/a/bd", true)]
    [InlineData("/a/b*d", "/a/bcde", false)]
    [InlineData("/a/b.d", "/a/bxd", false)]
    [InlineData("/a/(.*)+*", "/a/(.*)+x", true)]
    public void a_name_matches_paths_as_in_dapr(string name, string path, bool expected) =>
        List(Policy(null, new AccessOperation(name, ["*"], Allows: true))).Allows(Caller(), path, "GET").ShouldBe(expected);

    [Theory]
    [InlineData("GET", true)]
    [InlineData("get", true)]
    [InlineData("POST", false)]
    [InlineData("BREW", false)]
    public void verbs_that_are_not_named_get_the_caller_s_default(string verb, bool expected) =>
        List(Policy(null, new AccessOperation("/a", ["GET"], Allows: true))).Allows(Caller(), "a", verb).ShouldBe(expected);

    [Fact]
    public void an_operation_can_be_refused_to_a_caller_who_may_do_the_rest()
    {
        var list = List(Policy(true, new AccessOperation("/secret", ["*"], Allows: false)));

        list.Allows(Caller(), "secret", "GET").ShouldBeFalse();
        list.Allows(Caller(), "open", "GET").ShouldBeTrue();
    }

    [Theory]
    [InlineData("app-x", "default", "public")]
    [InlineData("app-a", "other", "public")]
    [InlineData("app-a", "default", "private")]
    public void who_is_not_meant_by_a_policy_gets_the_global_default(string app, string space, string domain)
    {
        var policy = Policy(true);
        new AccessControlList(new AccessControl(false, "public", [policy])).Allows(new(app, space, domain), "a", "GET").ShouldBeFalse();
        new AccessControlList(new AccessControl(true, "public", [policy with { Allows = false }])).Allows(new(app, space, domain), "a", "GET").ShouldBeTrue();
    }

    private static AccessControlList List(AccessPolicy policy) => new(new AccessControl(false, "public", [policy]));

    private static AccessPolicy Policy(bool? allows, params AccessOperation[] operations) => new("app-a", "default", "public", allows, operations);

    private static CallerIdentity Caller() => new("app-a", "default", "public");
}
