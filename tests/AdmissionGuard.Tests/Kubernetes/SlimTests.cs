using AdmissionGuard.Core.Json;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Tests.Kubernetes;

public sealed class SlimTests
{
    [Theory]
    [InlineData("""{"metadata":{"managedFields":[{"a":{}}],"name":"x"}}""", """{"metadata":{"name":"x"}}""")]
    [InlineData("""{"metadata":{"name":"x","managedFields":[]},"spec":{}}""", """{"metadata":{"name":"x"},"spec":{}}""")]
    [InlineData("""{ "metadata" : { "name" : "x" , "managedFields" : [ ] , "uid" : "u" } }""", """{"metadata":{"name":"x","uid":"u"}}""")]
    [InlineData("""{"metadata":{"managedFields":[]}}""", """{"metadata":{}}""")]
    [InlineData("""{"managedFields":1,"metadata":{"annotations":{"managedFields":"kept"}},"spec":{"metadata":{"managedFields":[1]}}}""", null)]
    [InlineData("""{"spec":{"a":[{"b":1}]}}""", null)]
    [InlineData("""{"metadata":7}""", null)]
    [InlineData("{}", null)]
    public void Only_the_managedFields_of_the_object_go(string before, string? after)
    {
        var slim = Slim.Of(Node.Parse(before));
        Assert.True(slim.SameAs(Node.Parse(after ?? before)), slim.ToString());
    }

    [Theory]
    [InlineData("{}", """{"apiVersion":"v1","kind":"Namespace"}""")]
    [InlineData("""{"metadata":{"managedFields":[],"name":"x"}}""", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}""")]
    [InlineData("""{"kind":"Other"}""", """{"kind":"Other"}""")]
    public void An_item_of_a_list_gets_the_kind_that_it_lacks(string before, string after) =>
        Assert.Equal(after, Slim.Of(Node.Parse(before), "v1", "Namespace").ToString());
}
