// Written by scripts/manifest-shapes.ts from tests/samples/shapes; not by hand.
import type { Digest } from "#base";

/** Shapes (`shapeOf`) that a client or a package declares of each tool. */
export interface Pinned {
  /** Versions that were looked at: of an npm package the only ones that its manifests are in force for. */
  readonly versions: readonly string[];
  readonly tools: Readonly<Record<string, readonly Digest[]>>;
}

export const TOOL_SHAPES: Readonly<Record<string, Pinned>> = {
  "claude-code": {
    // 1.0.76: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.0.76: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.76: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.197: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.276: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.197 without background tasks: the request of the npm package @anthropic-ai/claude-code (claude -p), captured with CLAUDE_CODE_DISABLE_BACKGROUND_TASKS=1
    versions: ["1.0.76", "2.0.76", "2.1.76", "2.1.197", "2.1.276", "2.1.197 without background tasks"],
    tools: {
      Bash: [
        "sha256:6e86ce1b95620f03aa97e31c090d9578e8db7e7fabf9cbd24ce38dcf49683519",
        "sha256:0cca200c6c4813d5b38c7faa7171f498fa2de586776adcedfe0ae0856b9ad01a",
        "sha256:b9b36185348d7c95d6b193e77bcb4fbe749a3d3f2cef49d1fa306d8a72653973",
      ],
      BashOutput: ["sha256:cfd336318d8d4e7372950b866773b3bb5fb617bebe2691b06d6bd8befce3b5d3"],
      Edit: ["sha256:00b1df0a4e907a7bc1af15d0ce3865b7656c1497f0f914a9df3dc306c71106af"],
      Glob: ["sha256:12f12b77407ae00995533dc462b88bf08dcaf888d8fcc9baa8f548523ce7acca"],
      Grep: [
        "sha256:16e1caed59b67444937c01e934c56f3cc1adea90d88dd7f3bc81b323a0454d6e",
        "sha256:d8f227b18b1ded367f2a1fa18c76cc36522ee92fa3ba429d3746ace0d367d287",
        "sha256:b09296313a667d94da2910b0b308cdad817c031700e7400cc9848960a9c1b349",
      ],
      KillBash: ["sha256:34a35433fe582fe308599170c52a6a8a7515ddb31bfa8d731a22019fbd40cca9"],
      KillShell: ["sha256:e58e1cc545d4be67b6404b278ae967adf0a02a363a150f9ba36147c6a03b7b57"],
      LS: ["sha256:d476802e9c33a4d0266c524f6c3741f9fd9470cd548212689595da390a8cc4dd"],
      MultiEdit: ["sha256:d397f538b99c9caa73ebddd0bedc189a0a98eb7d0aa7d29769f4b9499dc7c46f"],
      NotebookEdit: ["sha256:6f5bec4c45f6668bbd32877e5b338fd346fd176d93e3d7ce36021bf0edfb463f"],
      Read: [
        "sha256:6ec72d787742c27c8e4ed2069c3779d326f70ceea716bbcf4901233c6c935338",
        "sha256:99db30c6482331369900d8e0aa56e25f570c9abc7f8c89b8b4ebf0f6ad667b5a",
        "sha256:39d4d35004c621264d57e2b6a96b16e7851cfad958be649778dfc5388a94b515",
      ],
      TaskCreate: ["sha256:335ec3edeaa49bad32962a491017f10297e263b9889735d3ef72c1114c0dcb6a"],
      TaskGet: ["sha256:29ed56487b10c59d251a14490a19ef1c5c0e82bcfdd51e9a5e73e6b210bab69a"],
      TaskList: ["sha256:2dc9203a742ce60564f1b98eb9dd02fd4cdd56fe07b84da81b2bb7e07d627de6"],
      TaskOutput: [
        "sha256:a670f99ba8425ea1801e3ef39ec6254af4cbb2b6d03e4a6bece3dfd7624af57b",
        "sha256:2772c61107ba7e51f90e56aaf2b6c811e64a0d85ef4f34f67bf1f56a17b82318",
      ],
      TaskStop: ["sha256:e66451d03591f828b49c2e3068f8523bdb2131d0c5829dd505b468b4fc646257"],
      TaskUpdate: ["sha256:e57945ddf530a701fb66dd295604581087df751cb5749fcc86e410bae6387678"],
      TodoWrite: [
        "sha256:d3744d5ccc6e6ae6bc0362154d0c0c3d49314e11069e75e2d5f462812df8e964",
        "sha256:53907041c32a619f89e10a16477410f10a24916236400876587718590b575b2c",
      ],
      WebFetch: ["sha256:941aeff14d4a63e82483521afbcf32724755f98c914eb6441082ef06fd669cc2"],
      WebSearch: ["sha256:4ee647da1c7bc01d4a8eca61db91eec335a75c9396cf64c80583a5e2b4f3791c"],
      Write: ["sha256:3e9155a3a74cb7824efe2fa335997b73fa8816f3283a6a0a965d2be7bd2ef79f"],
    },
  },
  codex: {
    // 0.135.0: the request of the npm package @openai/codex (codex exec), captured
    // 0.150.0: the request of the npm package @openai/codex (codex exec), captured
    // 0.169.0: the request of the npm package @openai/codex (codex exec), captured
    versions: ["0.135.0", "0.150.0", "0.169.0"],
    tools: {
      exec_command: [
        "sha256:a2bbc8d9115be4d68e7bb914d5b91065ffcaa796e9cf5ed0f8578bac59cbf12c",
        "sha256:17ada5db565179ba458cc2a1d50462f24423d4cc4df1df8f2b7f1bc6a31a12a0",
      ],
      update_plan: [
        "sha256:2824aedb26d0a9347db8d18cd7135ae07f46f143556de94b9553e86159e9ccaa",
        "sha256:4a25e81c9dbc119b189d58fce767f9da50491165af5908f51fd484f3cd5a287e",
      ],
      view_image: ["sha256:a8d4834af330df6da48265ce365c1660eb52350e19c725f94d3c09490b0df07b"],
      write_stdin: ["sha256:43629fe5f35415e6f3e85d2b962024e30ba23615f74c786d843cfb5d6cb1c003"],
    },
  },
  goose: {
    // block/goose@0dcb08ac307c8ab97d751eb560b3d30164187995: unverified: written out from the parameter types in crates/goose/src/agents/platform_extensions/developer/{edit,shell,tree}.rs as schemars 1 writes them, not captured
    versions: ["block/goose@0dcb08ac307c8ab97d751eb560b3d30164187995"],
    tools: {
      edit: ["sha256:f10db75a99128f54031f2053ecbcf53d0c4a231fe0e09967ee679e874988ac29"],
      shell: ["sha256:29b4222bdd343d4406c783158dc4a3bcd31661c403d841a8feff73d6060507ff"],
      tree: ["sha256:9ea3a8b6b13bf5b59443ea1c13093ca2f4e89b6c9f13a1c880368f858eff7ee7"],
      write: ["sha256:8831ef6301acd2f8dfa6c4e53acf84f4e9ff04d8ba62273b739abab666433f5f"],
    },
  },
  openclaw: {
    // 2026.9.6: the request of the npm package openclaw (openclaw agent --local), captured
    versions: ["2026.9.6"],
    tools: {
      edit: ["sha256:deb3a314c26c295f667e1a03528b0f9b3abe24389cfde77782fbbf98f6e84f64"],
      exec: ["sha256:06ec35e3f3612d643aacbdc2589d3ec0cdd5e9444ff33e7cb3ec5fe4fc5332f3"],
      ls: ["sha256:462eeb86f4ec386a45d8235aeb30d960f347213d712d62dc8490c1a5b5d12f3f"],
      process: ["sha256:1efff66ef183061d1db9ea08946a08e1f376213126b2650242391eddf540e7fa"],
      read: ["sha256:f6489b37526f3646838e94dd72783bbcbd0fc51275e69bdcb3555c3af79ff958"],
      write: ["sha256:8831ef6301acd2f8dfa6c4e53acf84f4e9ff04d8ba62273b739abab666433f5f"],
    },
  },
};

export const PACKAGE_SHAPES: Readonly<Record<string, Pinned>> = {
  "@modelcontextprotocol/server-brave-search": {
    // 0.6.2: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["0.6.2"],
    tools: {
      brave_local_search: ["sha256:677a83d6c0acf26d0e7e06bc22089f29341c712d90d82bb7b66804cb9d5a3c5b"],
      brave_web_search: ["sha256:ddbf744cfbf970626bcc98ac2017bbca0f41fd07630a19f3db6a4f34f48eb5e3"],
    },
  },
  "@modelcontextprotocol/server-filesystem": {
    // 2026.8.31: what the npm package lists over stdio, started as `dist/index.js /tmp`
    versions: ["2026.8.31"],
    tools: {
      create_directory: ["sha256:e8bca6daebfbc8595588c25d2ba54ad947e2679b231903f2199d60c025eb14db"],
      directory_tree: ["sha256:e4561e6e9f5212fd82ed95100578ecf17d8dd757a429f0d17d16e8b87111719c"],
      edit_file: ["sha256:d27095604ba566e684b4506457e0ec33be0603f6a544a875d471838a633441cd"],
      get_file_info: ["sha256:9df06cf7c76e5fb315fb940de5caf0d0c1c638ff337db0fc05431c7088995def"],
      list_allowed_directories: ["sha256:ab098960110d39d13e19cab30e346f81d324a63054ca3b305b738fde3857792e"],
      list_directory: ["sha256:d567c14c0c94bbdc26ccc5faaba896353fd479d784d818ffeb7087fb62071c26"],
      list_directory_with_sizes: ["sha256:910fd72566160a22e1a27781c9357d265d2602145ed3af819e548ea68b236a07"],
      move_file: ["sha256:098394da0fe5e843680ed090a56d2acac8c83ebcd7bec26b66414b25b2e3fb27"],
      read_file: ["sha256:4dac25fdd63479f248231bcc092c00cfc006ecd8b152cdf4ff3f15730bd6aaf1"],
      read_media_file: ["sha256:04c08d4a2d00905241a07601d75b247fd63fc7859524b13aece069424f748f37"],
      read_multiple_files: ["sha256:8fa1e9b66a9d3eaa0fdbfea9750797f23d35ef124bf0eca821079c8ee2fb5b40"],
      read_text_file: ["sha256:9242285e197f8d6d69c11972f0af2bfbc4a708db0aaacd483bc87bab9188bde2"],
      search_files: ["sha256:ab9679ab35aa6e9aa287b023bfbbc426a472a944441d37c5cf07f023a1570245"],
      write_file: ["sha256:90caa405d7a19aedcd7a0e83aad2f468c3403464b714316fae9d15a6549a7479"],
    },
  },
  "@modelcontextprotocol/server-github": {
    // 2025.4.8: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2025.4.8"],
    tools: {
      add_issue_comment: ["sha256:a3b810d37265f1ea67fd190cab4f068d418a997dd23a34e803bfffe027b51586"],
      create_branch: ["sha256:95486f0469f9bf42dc4ed7fd0e5987ac62dba8d90155052684f71db7cc7b11de"],
      create_issue: ["sha256:32f28a3e26b9d53190c99b3fcb1fa6ee383a5eb2c2f4e64a5f6d64755c773b46"],
      create_or_update_file: ["sha256:5aac0fc51f0c6619b934ec8ec81e88d1c045c409766aa1a8de4702584a3fc27d"],
      create_pull_request: ["sha256:a3230515d2e99729099a95371c1add0504deca0e09ce75671dd50ab2679cbac7"],
      create_pull_request_review: ["sha256:4658a8ccb7367bbe31486f29cc663669abb6128cf57f80afb943c4007d280a28"],
      create_repository: ["sha256:d5ec01081183425fc03819a4a5bb598e1fe639605cd23f581ef6860d690d6da9"],
      fork_repository: ["sha256:933a77b5c72108b872f752d4ec166af0c47f939abd7657db4a4560b12d6c4213"],
      get_file_contents: ["sha256:ba9597c77d2c12901c48c27a19a9f24ac1297e9d573b8cb6031725c52699ff0a"],
      get_issue: ["sha256:8fa0254ae721912ee3e23e00d4c7d676fb1a39ab8436e8c67bf6e77d5bcd2e1e"],
      get_pull_request: ["sha256:9fe68728129f6b50d2d085c44bd243c392440394dedf63f6c482ac9337c0857c"],
      get_pull_request_comments: ["sha256:daf2a9c14d47a351771dff163098d97e7746916d1e8bc792c7a40416eee49a58"],
      get_pull_request_files: ["sha256:38b1ef856c4f90821ded1edda81763821ace905fc59eba6bd1fa6117da1ba8ae"],
      get_pull_request_reviews: ["sha256:b211d0a949926f2ce8defe9ce10fd89dfdc6e595c55f5834809646fc3949d3f4"],
      get_pull_request_status: ["sha256:fa685fcacab880dcf291502cd1c13703bfcd380b55906ad45f05b32f378b1831"],
      list_commits: ["sha256:e1128f67280223e0c3fef24fc44b52e48af447b915742db09bdd2b584ab9a79a"],
      list_issues: ["sha256:b026873f4115b73a207162e090246c205ec6e5cc9dc25080dd3dee92ec4a4953"],
      list_pull_requests: ["sha256:e4c87efcc0d80719ab0fe24d331c123c863b331ecec3aebf4c22dc25b0a3c62f"],
      merge_pull_request: ["sha256:13292f53ce46405c8d18a8ee906f40cba180d6e5fc26624d1ed22da4622b82bf"],
      push_files: ["sha256:63cbbf482eb466dd15dc50305a876e2cc9c4a8298531927b2e8b07a8a5d2ba91"],
      search_code: ["sha256:c32e8900bafb2035bd0fe86cd7c6f808a0f99759abc05d2b7059cb6a009516f2"],
      search_issues: ["sha256:2decf6556632154c44ec9c9c27e373446602ca402cfab8a500cffdf11b74cf5a"],
      search_repositories: ["sha256:4257c4bf9a7ed7945fc909754cb69d892fe91d111be1a5e78c3a083bed935fc7"],
      search_users: ["sha256:7ec2368afccb21fce734cf0e9c6ffcd8fc074b26b7d5792730d7ecf522827e47"],
      update_issue: ["sha256:ff8f07668f8b9f0a73966df4e36d35c67edd88ed2de2fc3f135f5cc4fca281d6"],
      update_pull_request_branch: ["sha256:aab1c645ac75b83bda190554c7eea6e3d96717c261b3b08ced423c71108a2a28"],
    },
  },
  "@modelcontextprotocol/server-memory": {
    // 2026.8.31: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2026.8.31"],
    tools: {
      add_observations: ["sha256:b99758cff394fbe22aa66fc8ddceff757bd2be0c5162b30d8f2a9d2055b16750"],
      create_entities: ["sha256:8f19b9b1dc304d54ab75aa762b1b5e2c3a6023c0ef093e10e8f8b0eb33c843f6"],
      create_relations: ["sha256:899314e5781fb0146ecfa9ce4fac5227eef036891be8981cffeb96e73681d300"],
      delete_entities: ["sha256:e9946e4499d631a86f45dfa4bc5dd65fc8868fa903f9465c1c89333778469907"],
      delete_observations: ["sha256:062925ef65d11af5661d10d8355b45048e11c95b073df947291cae09a1eaccd8"],
      delete_relations: ["sha256:772f602e9b61d988091e2ac4dcf9e8155b5e33dac673cd9a18df2aa900f411a5"],
      open_nodes: ["sha256:4506c4767513f036c9c8d2bbbaa15ab4c4bfc877e6dfaf5d1ca47ca7051c9d58"],
      read_graph: ["sha256:8ce2390cdf0bf05931c643cde87e76daab50c7bd7481f43ed9c2112c76057149"],
      search_nodes: ["sha256:369fd35b7109550cfbe81b073f9875d3c0a825ddc8d6708e61fcdfb8ed8c8ef6"],
    },
  },
  "@modelcontextprotocol/server-postgres": {
    // 0.6.2: what the npm package lists over stdio, started as `dist/index.js postgresql://localhost/none`
    versions: ["0.6.2"],
    tools: {
      query: ["sha256:f67da172ab6a10ff19c66ca2642ef181cbc186e87f080aa0406f00ad4554fba1"],
    },
  },
  "@modelcontextprotocol/server-sequential-thinking": {
    // 2026.8.31: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2026.8.31"],
    tools: {
      sequentialthinking: ["sha256:d8579b65c9213974e59f4c7e51a5a6f90ce6e1b81cdf36af5b8d65c221f05f0d"],
    },
  },
  "@modelcontextprotocol/server-slack": {
    // 2025.4.25: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2025.4.25"],
    tools: {
      slack_add_reaction: ["sha256:003aa7da74a622503dfa544c4d8ea2c415316a162152702b2a31c467e4602deb"],
      slack_get_channel_history: ["sha256:fda366501cc4909492c68cdba05f16a0618ec1348216dafd5015678d6b3ce8fe"],
      slack_get_thread_replies: ["sha256:87987405133262eb17a05ac576cc11a2008e5080925517d3d705778498324107"],
      slack_get_user_profile: ["sha256:e0f4063993508619bbb0ef643fb637b77533a66fe1e47ea2dc65ed1a6ae8b685"],
      slack_get_users: ["sha256:64c702df92d8436a01894fb5269f26b3fcad0e70cd99887ff1f7df575bb5a47e"],
      slack_list_channels: ["sha256:fd0827cfc6e3269fa2abee494591d15981f75e12b3a64274e6723dbe7f8f9bcc"],
      slack_post_message: ["sha256:2f26d0197d7ceb3b63fef6e276a8d5dc45cc29c2573062a62fdcbaf31ac45b77"],
      slack_reply_to_thread: ["sha256:4b387197ea505f50caa0c097dbab1b2f5b6f95d1ba873ce26530079595b1e833"],
    },
  },
  "@notionhq/notion-mcp-server": {
    // 2.5.2: what the npm package lists over stdio, started as `bin/cli.mjs`
    versions: ["2.5.2"],
    tools: {
      "API-create-a-comment": ["sha256:0074f84073884f8ab07232b4d6c0f0d00376baf114f17d10140ede3be37c492b"],
      "API-create-a-data-source": ["sha256:24e1b95cf30caaa927981f5691195d56fe7b7fe3e1641a6c6cb44a2b96840816"],
      "API-delete-a-block": ["sha256:7c1c3240ecc59a57cb7a833f960cdf7ded634eeafe5a7954ff383bb0ddf1616f"],
      "API-get-block-children": ["sha256:e0d2d96ad7bba78c10cae62b82141f06b02ad03ab4d7c398bf2d63771bda7df0"],
      "API-get-self": ["sha256:ef2900a2e271e42094a589f0fc928addd226e216b8a0ded9ff1372f95557874f"],
      "API-get-user": ["sha256:909819970c4d5d999af3623a45b4d4ee40dde66631060f4071d076662371cf27"],
      "API-get-users": ["sha256:00dd7d8761ff5f7b04fb2bdebd17d30ea602e6fe121fabfdeda28cdbff73c8f9"],
      "API-list-data-source-templates": [
        "sha256:9be35857bc83cc8b888310527a2edfc638b12b4956ac0344cd87412537c93b49",
      ],
      "API-move-page": ["sha256:a10c29f498f6b878d2a45b8e011f5a5bfb2ca4a616818ce57c40bf0a97fa3cfe"],
      "API-patch-block-children": ["sha256:3d0f85ae9816fa54430f6a791912850f0e9503574d7281c23c457057570ac624"],
      "API-patch-page": ["sha256:cd1d2c96ec908d65dae47d5d3287d6a9d0a1b3d45049a32258bc244ef099a58d"],
      "API-post-page": ["sha256:db774a147be6e8d8a1a7bd54d6a72b236c8ee736ba0b11498d2fc7e9fdc2ccf1"],
      "API-post-search": ["sha256:49a26428bb7fc5af444f11dd4f8043b73ae1089d3d79be142fa9359984eaa8f2"],
      "API-query-data-source": ["sha256:ce649323c9049df68b6dbf311b02fd8ee3581fff526123fb7cf1759ebce560ab"],
      "API-retrieve-a-block": ["sha256:221696b81e93fd59563b6b33895ebae455814c975dc4d7b923a529ab972e29f4"],
      "API-retrieve-a-comment": ["sha256:401734cbeb6acc24722b431c1b956a34cc9a87f163279f060abfca75cad85553"],
      "API-retrieve-a-data-source": [
        "sha256:4a990be9adb8087069605c334ccc7269fbfd2831ce6349d913a163b43a740ae1",
      ],
      "API-retrieve-a-database": ["sha256:141e9c895215c6d64e18f86b1a294dbc4b90e5de2b5940b7cf2b346dd504bbac"],
      "API-retrieve-a-page": ["sha256:ae35f3fe222197f1d27924059ae86f1167274eb440053ab2ea6c00a461641684"],
      "API-retrieve-a-page-property": [
        "sha256:cb02227e1edef036b833c5ad95a0835a9e5bdd51164c057afa04807f9f4d2a21",
      ],
      "API-retrieve-page-markdown": [
        "sha256:ddc8b6e58ddffc6f58159877623a89d260a70e72f57cc433b6290dfa2b4cfe3a",
      ],
      "API-update-a-block": ["sha256:9a7326eb86a2389c6ed81e7046a94f6ec9e80b372b8912d59d33bedfff5c463b"],
      "API-update-a-data-source": ["sha256:0dfb41a2696ff6af87c716a023b3d00a79c9f0972f6d461a90d87d12f630da83"],
      "API-update-page-markdown": ["sha256:47931d611234604a33102f64dfc4d3f254b3d40d13fe4557d09a01545069d66f"],
    },
  },
  "@playwright/mcp": {
    // 0.0.83: what the npm package lists over stdio, started as `cli.js --headless`
    versions: ["0.0.83"],
    tools: {
      browser_close: ["sha256:6893efbf65c16916aaf585232c0645bb5b4b485e248d977c57ecb8c9ee23942e"],
      browser_console_messages: ["sha256:673435d73eb2f6a09e369d8d5ad997f71e49bc0654f63b9250c7897afb1666e0"],
      browser_emulate_media: ["sha256:ec09a891fbe2185967f159b8c7b0bcba45fcfacfaed690487da685f839829ecd"],
      browser_evaluate: ["sha256:dfa0a03f6a55319bc4191eacd0336ac6307da9fe07b3f943bea1b001a8506487"],
      browser_find: ["sha256:9a3d95263be9af69da6f30d339aec2a48d34cedf415d723b5bd22b486d78f637"],
      browser_hover: ["sha256:787e9c7cd4b6b0640347a0850087511b8079e5acb2c4ce461d50fc110b86b539"],
      browser_navigate: ["sha256:4247ed1d3565bb5ef016ac183026669d9de0e05f164674d60688b8ebf3e97aa6"],
      browser_navigate_back: ["sha256:94ec837af4d487a113d79034f15f706ef3ba0c1ec81bf4e5f0e6479c51413927"],
      browser_network_request: ["sha256:7cf4da184f829ecdcd196ada88da93fcf3483aefb5b25542698ef410ff7dd2cd"],
      browser_network_requests: ["sha256:7f7880b8cd3d720435a2486367fb4f00fbb26655b75673997cfac9d5ca97b982"],
      browser_resize: ["sha256:7b685a3c83271f8f306500c7fdeee18d1e06a4b18306d31e8d85bfa20655e0e0"],
      browser_run_code_unsafe: ["sha256:e6d24ddc07c296439f898858b9b95836e7fd1e423d10a8bdf8985e52be0677c5"],
      browser_snapshot: ["sha256:d52a94e78e5ab1300c409c8c9bf896fb81d51c442165bdcee0f778557bf5c38a"],
      browser_tabs: ["sha256:c7ce49e4679eb49838285598b8d4aed7230a881ac299a86dfb86ae22985dace6"],
      browser_take_screenshot: ["sha256:dd6fc12185f8b265a4062a1c5f3bd980b5678bda5f6893851915ec454472a9bc"],
      browser_wait_for: ["sha256:e5f70847bee19549bafcf952fff5adfec4d7026e5754ea159303df926f2dc694"],
    },
  },
  "@upstash/context7-mcp": {
    // 4.1.1: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["4.1.1"],
    tools: {
      "query-docs": ["sha256:a1060fd2accebf7b79da0e4677d701a58e198d57807c4a36c1198ab91122294e"],
      "resolve-library-id": ["sha256:458d47d83965f74f1e5f8bec522d67a8d8ec97a307afc9637f3c2cd165aad68c"],
    },
  },
};
