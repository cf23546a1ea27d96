"""What the pages of accounts and of the audit log say for words of the code: (Chinese, English)."""

from __future__ import annotations

from collections.abc import Mapping

from blueprints.boundary_words import VERDICTS
from domain.boundaries import ChangesetStatus, Layer
from domain.merging import Decision
from domain.permissions import Role
from domain.words import vocabulary

Words = tuple[str, str]

ROLE_WORDS: dict[Role, Words] = {
    Role.VIEWER: ("浏览", "Viewer"),
    Role.OFFICER: ("招商干部", "Officer"),
    Role.GIS_EDITOR: ("GIS 编辑", "GIS editor"),
    Role.GIS_PUBLISHER: ("GIS 发布", "GIS publisher"),
    Role.ADMIN: ("管理员", "Administrator"),
}
ROLE_MEANINGS: dict[Role, Words] = {
    Role.VIEWER: ("只看公开内容", "sees what is public"),
    Role.OFFICER: (
        "看企业产能，录入数据，看边界草稿",
        "sees capacities of firms, enters data, sees drafts of boundaries",
    ),
    Role.GIS_EDITOR: ("导入、绘制、修改边界", "brings in, draws and changes boundaries"),
    Role.GIS_PUBLISHER: ("另可发布和回退边界", "publishes boundaries and rolls them back, too"),
    Role.ADMIN: ("全部权限，并管理账号", "everything, and the accounts"),
}
DONE_WORDS: dict[str, Words] = {
    "add": ("账号已添加", "The account has been added"),
    "change": ("已更改；此账号已在各处退出登录", "Changed; the account has been logged out everywhere"),
    "password": (
        "密码已更改；此账号已在各处退出登录",
        "The password has been changed; the account has been logged out everywhere",
    ),
    "disable": ("账号已停用，并已在各处退出登录", "The account has been disabled and logged out everywhere"),
    "enable": ("账号已启用", "The account has been enabled"),
}
"""What was done, by the last word of the address it was sent to."""
ACTION_WORDS: dict[str, Words] = {
    "account add": ("添加账号", "Account added"),
    "account change": ("更改账号", "Account changed"),
    "account disable": ("停用账号", "Account disabled"),
    "account enable": ("启用账号", "Account enabled"),
    "account password": ("更改密码", "Password changed"),
    "login": ("登录", "Logged in"),
    "login failed": ("登录失败", "Log-in failed"),
    "logout": ("退出", "Logged out"),
    "refused": ("无权操作被拒", "Refused"),
    "entries import": ("导入数据表", "Sheet taken in"),
    "data load-base": ("装入基础数据", "Base dataset loaded"),
    "data load-demo": ("装入演示数据", "Demonstration dataset loaded"),
    "policies import": ("导入政策文本", "Policy text imported"),
    "boundaries import": ("带入边界文件", "Boundary file brought in"),
    "boundaries draw": ("在图上画边界", "Boundaries drawn"),
    "boundaries package": ("下载编辑包", "Edit package taken along"),
    "boundaries merge": ("合并编辑包", "Edit package merged"),
    "boundaries fit": ("与现状合并", "Changeset merged with what stands"),
    "boundaries decide": ("决定冲突", "Conflict decided"),
    "boundaries check": ("核对更改集", "Changeset checked"),
    "boundaries publish": ("发布更改集", "Changeset published"),
    "boundaries withdraw": ("撤回更改集", "Changeset withdrawn"),
    "boundaries restore": ("拟退回边界", "Roll-back drafted"),
    "boundaries rollback": ("退回边界", "Boundary rolled back"),
}
"""What the log calls an action; one without an entry is shown as it is."""
DETAIL_WORDS: dict[str, Words] = {
    "added": ("新增", "Added"),
    "address": ("来自", "From"),
    "affected": ("影响", "Affected"),
    "by": ("操作人", "By"),
    "changed": ("更改", "Changed"),
    "clauses": ("条数", "Clauses"),
    "code": ("编号", "Code"),
    "conflicts": ("冲突", "Conflicts"),
    "count": ("数量", "Number"),
    "decision": ("决定", "Decision"),
    "edits": ("改动", "Edits"),
    "ended": ("随之失效", "Ended with it"),
    "file": ("文件", "File"),
    "findings": ("问题", "Findings"),
    "is_disabled": ("停用", "Disabled"),
    "layer": ("图层", "Layer"),
    "outcomes": ("合并结果", "Outcomes"),
    "package": ("编辑包", "Edit package"),
    "parks": ("园区", "Parks"),
    "permission": ("权限", "Permission"),
    "restored": ("恢复的版本", "Version restored"),
    "restores": ("要恢复的版本", "Version to restore"),
    "retired": ("撤下", "Retired"),
    "role": ("角色", "Role"),
    "rows": ("行数", "Rows"),
    "sha256": ("文件指纹 SHA-256", "SHA-256"),
    "status": ("状态", "Status"),
    "their_version": ("对方版本", "Their version"),
    "title": ("标题", "Title"),
    "valid_from": ("有效自", "Valid from"),
    "verdict": ("结论", "Verdict"),
    "versions": ("版本", "Versions"),
}
"""What the log calls a detail; one without an entry is shown as it is."""
VALUE_WORDS: dict[str, Mapping[str, Words]] = {
    "decision": vocabulary(Decision),
    "is_disabled": {"true": ("是", "yes"), "false": ("否", "no")},
    "layer": vocabulary(Layer),
    "parks": {"[]": ("全部", "all")},
    "role": {str(word): words for word, words in ROLE_WORDS.items()},
    "status": vocabulary(ChangesetStatus),
    "verdict": {str(word): words for word, (_, words, _) in VERDICTS.items()},
}
"""What the log calls a detail's value."""
