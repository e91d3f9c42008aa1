using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

public sealed class YamlTests
{
    [Fact]
    public void Maps_are_blocks_and_durations_lose_their_quotes() =>
        Assert.Equal(
            """
            connectionPool:
              tcp:
                maxConnections: 1024
                connectTimeout: 1.5s
              http:
                h2UpgradePolicy: "UPGRADE"
                codes: [500,  502]
                empty: {}
            """,
            Yaml.Write(
                "connectionPool",
                Judge.Json(
                    "{'tcp': {'maxConnections': 1024, 'connectTimeout': '1.5s'}, 'http': {'h2UpgradePolicy': 'UPGRADE', 'codes': [500,\n "
                        + "502], 'empty': {}}}"
                )
            )
        );

    [Fact]
    public void What_YAML_would_read_otherwise_stays_quoted() =>
        Assert.Equal("labels:\n  \"on\": \"0\"\n  \"a.b/c\": \"true\"", Yaml.Write("labels", Judge.Json("{'on': '0', 'a.b/c': 'true'}")));

    [Fact]
    public void A_value_cannot_begin_a_line_of_its_own() => Assert.Equal("host: \"a\\nspec: b\"", Yaml.Write("host", Judge.Json("'a\\nspec: b'")));
}
